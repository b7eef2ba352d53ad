import { setTimeout } from 'node:timers/promises';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { RunEvent, RunProgress } from '../../orchestrator/core/event.ts';
import type { Depths } from '../../orchestrator/engine/soundness.ts';
import type { TestNode } from './nodes.ts';
import { newRig, type Rig, told } from './rig.ts';

/** Real milliseconds between two reports of these runs. */
const period = 2;

/** Runs while tests look at what is reported: a deed ends when it is told to. */
function openRun(rig: Rig, graph: string, options: Parameters<Rig['run']>[1] = {}) {
  const ends = new Map<string, () => void>();
  rig.deed = (node) => new Promise((resolve) => ends.set(node.id, () => resolve(`output of ${node.id}`)));
  const running = rig.run(graph, { period, ...options });
  const turn = () => setTimeout(4 * period);
  return {
    running,
    /** How far it is after some seconds more. */
    async after(seconds: number): Promise<RunProgress> {
      await turn();
      rig.now += seconds * 1000;
      rig.events.length = 0;
      // The first report may have been on its way.
      await turn();
      const last = rig.events.findLast((event) => event.type === 'run-progress');
      if (last?.type !== 'run-progress') throw new Error('nothing was reported');
      return last;
    },
    async end(...ids: readonly string[]) {
      for (const id of ids) {
        while (!ends.has(id)) await turn();
        ends.get(id)?.();
        ends.delete(id);
      }
      await turn();
    },
  };
}

const ten = { weightOf: () => 10 };

test('the time that is left: of what its kind takes, less what was taken, and held against what others took', async () => {
  const rig = newRig();
  const run = openRun(rig, 'A; B <- A; C <- B', ten);
  assert.equal((await run.after(0)).secondsLeft, 30);
  const later = await run.after(4);
  assert.equal([later.done, later.total, later.secondsLeft], [0, 3, 26]);
  rig.now += 16_000;
  await run.end('A');
  // It took 20 s in place of 10.
  const second = await run.after(0);
  assert.equal([second.done, second.secondsLeft], [1, 40]);
  await run.end('B', 'C');
  await run.running;
});

test('what takes longer than was thought is not over at once for that', async () => {
  const rig = newRig();
  const run = openRun(rig, 'A', ten);
  assert.is((await run.after(50)).secondsLeft, 25);
  await run.end('A');
  await run.running;
});

test('the store remembers how long the same task took, with whatever inputs', async () => {
  const rig = newRig();
  const first = openRun(rig, 'A; B', ten);
  await first.after(70);
  await first.end('A', 'B');
  await first.running;
  rig.inputs.set('A', 'of another release');
  rig.inputs.set('B', 'of another release');
  const second = openRun(rig, 'A; B; C', { ...ten, limits: { network: 0, processor: 1, memory: 0 } });
  assert.is((await second.after(0)).secondsLeft, 150);
  await second.end('A', 'B', 'C');
  await second.running;
});

test('what is in the store takes no time, and a run that is over soon asks the store for nothing', async () => {
  const rig = newRig();
  await rig.run('A; B <- A');
  const { lastResult } = rig.store;
  let asked = 0;
  rig.store.lastResult = (kind, title) => {
    asked += 1;
    return lastResult(kind, title);
  };
  await rig.run('A; B <- A');
  assert.is(asked, 0);
  let goOn = (): void => undefined;
  const { recheck } = rig.store;
  rig.store.recheck = async (tree, depth) => {
    await new Promise<void>((resolve) => (goOn = resolve));
    return recheck(tree, depth);
  };
  const depths: Depths<TestNode> = { ofResult: () => 'content', ofNeeds: () => 'metadata' };
  const run = openRun(rig, 'A', { ...ten, depths });
  assert.equal((await run.after(3)).secondsLeft, 0);
  goOn();
  await run.running;
});

test('who waits for another process says so', async () => {
  const rig = newRig();
  const isTold = () => told(rig.events).includes('say A waiting for another process, which makes it');
  rig.store.withLock = async (_name, _signal, body) => {
    for (let tries = 0; tries < 300 && !isTold(); tries += 1) await setTimeout(10);
    return body();
  };
  await rig.run('A');
  assert.ok(isTold());
});

test('bytes are told with their rate now and then, however often they are counted, and end with their node', async () => {
  const rig = newRig();
  rig.deed = async (node, context) => {
    if (node.id === 'B') return 'b';
    for (let done = 0; done <= 1000; done += 1) context.progress('fetching', { done, total: 5000 });
    await new Promise<void>((resolve) => context.signal.addEventListener('abort', () => resolve()));
    return 'a';
  };
  const abort = new AbortController();
  const running = rig.run('A; B <- A', { period, signal: abort.signal });
  await setTimeout(4 * period);
  rig.now += 2000;
  await setTimeout(4 * period);
  const said = told(rig.events).filter((line) => line.startsWith('say'));
  assert.ok(said.length < 50, `${said.length} lines`);
  assert.is(said[0], 'say A fetching 0 of 5000, 0 a second');
  assert.ok(said.includes('say A fetching 1000 of 5000, 500 a second'), said.join('\n'));
  // 4000 bytes at that rate, and B.
  const isLeft = (event: RunEvent) => event.type === 'run-progress' && event.secondsLeft === 9;
  assert.ok(rig.events.some(isLeft), told(rig.events).join('\n'));
  abort.abort();
  await running;
  const count = rig.events.length;
  await setTimeout(4 * period);
  assert.is(rig.events.length, count, 'nothing is told after the end');
});

test.run();
