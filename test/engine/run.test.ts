import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { asDigest, digestOf } from '../../orchestrator/core/digest.ts';
import { err, ok } from '../../orchestrator/core/result.ts';
import type { Depths } from '../../orchestrator/engine/soundness.ts';
import { asNodeId } from '../../orchestrator/plan/node-base.ts';
import type { Deed } from '../../orchestrator/task/task.ts';
import type { TestNode } from './nodes.ts';
import { broken, endsOf, newRig, offline, performIn, told } from './rig.ts';

const A = asNodeId('A');
const B = asNodeId('B');

test('what ran once is cached; a changed input runs again, and what it leaves the same does not', async () => {
  const rig = newRig();
  assert.is(endsOf(await rig.run('A; B <- A; C <- B')), 'A:ran B:ran C:ran');
  assert.is(endsOf(await rig.run('A; B <- A; C <- B')), 'A:cached B:cached C:cached');
  rig.inputs.set('A', 2);
  assert.is(endsOf(await rig.run('A; B <- A; C <- B')), 'A:ran B:cached C:cached');
  rig.inputs.set('A', 3);
  rig.deed = (node) => `another output of ${node.id}`;
  assert.is(endsOf(await rig.run('A; B <- A; C <- B')), 'A:ran B:ran C:ran');
  assert.equal(rig.ran, ['A', 'B', 'C', 'A', 'A', 'B', 'C']);
});

test('nothing is left of temporary folders, whatever becomes of a node', async () => {
  const rig = newRig();
  rig.deed = (node) => (node.id === 'A' ? 'fine' : broken);
  await rig.run('A B');
  assert.is(rig.store.folders.size, 0);
  rig.deed = () => Promise.reject(new Error('a bug'));
  try {
    await rig.run('C');
    assert.unreachable('swallowed');
  } catch (error) {
    assert.match(String(error), 'a bug');
  }
  assert.is(rig.store.folders.size, 0);
});

test('events: a start and an end for what ran or was cached, an end for what was skipped', async () => {
  const rig = newRig();
  await rig.run('A');
  rig.events.length = 0;
  rig.deed = (node, context) => {
    context.progress('compiling');
    rig.now += 2000;
    return node.id === 'B' ? broken : 'fine';
  };
  const outcomes = await rig.run('A; B <- A; C <- B');
  assert.equal(told(rig.events), [
    'start of 3',
    'start A',
    'end A cached 0',
    'start B',
    'say B compiling',
    'end B failed 2',
    'end C skipped 0',
    'end after 2',
  ]);
  assert.equal(outcomes.get(asNodeId('B'))?.end, { status: 'failed', failure: broken });
  assert.equal(outcomes.get(asNodeId('C')), {
    end: { status: 'skipped', because: 'B' },
    seconds: 0,
    notes: [],
    commands: [],
  });
});

test('the network gets three tries with longer and longer waits; a build that failed gets one', async () => {
  const rig = newRig();
  let tries = 0;
  rig.deed = () => (++tries < 3 ? offline : 'fine');
  assert.is(endsOf(await rig.run('A')), 'A:ran');
  assert.equal(told(rig.events), [
    'start of 1',
    'start A',
    'retry A 1 2 network',
    'retry A 2 8 network',
    'end A ran 10',
    'end after 10',
  ]);
  rig.deed = () => offline;
  assert.equal((await rig.run('B')).get(asNodeId('B'))?.end, { status: 'failed', failure: offline });
  rig.deed = () => broken;
  await rig.run('C');
  assert.equal(rig.ran, ['A', 'A', 'A', 'B', 'B', 'B', 'C']);
});

test('waits are spread by chance, from half to half as much again', async () => {
  const waits: number[] = [];
  for (const chance of [0, 0.999]) {
    const rig = newRig();
    rig.deed = () => offline;
    await rig.run('A', { random: () => chance, wait: async (milliseconds) => void waits.push(milliseconds) });
  }
  assert.equal(waits.map(Math.round), [1000, 4000, 2998, 11992]);
});

test('a node that waits for its next try leaves its place to others', async () => {
  const rig = newRig();
  rig.deed = (node) => (node.id === 'A' && rig.ran.length === 1 ? offline : 'fine');
  let goOn = (): void => undefined;
  const running = rig.run('A B', {
    demandOf: () => ({ network: 1 }),
    wait: () => new Promise((resolve) => (goOn = resolve)),
  });
  for (let turn = 0; turn < 10; turn += 1) await new Promise((resolve) => setImmediate(resolve));
  assert.equal(rig.ran, ['A', 'B']);
  goOn();
  assert.is(endsOf(await running), 'A:ran B:ran');
});

test('what is cached needs no place: it does not wait behind what runs', async () => {
  const rig = newRig();
  await rig.run('B; C <- B');
  rig.deed = async (node, context) => {
    await new Promise((resolve) => context.signal.addEventListener('abort', resolve));
    return node.id;
  };
  const abort = new AbortController();
  const running = rig.run('A; B; C <- B', {
    limits: { network: 0, processor: 1, memory: 0 },
    signal: abort.signal,
  });
  for (let turn = 0; turn < 10; turn += 1) await new Promise((resolve) => setImmediate(resolve));
  abort.abort();
  assert.is(endsOf(await running), 'A:aborted B:cached C:cached');
});

test('recheck: what is damaged in the store is made again', async () => {
  const rig = newRig();
  const first = await rig.run('A; B <- A');
  rig.store.damaged.add(first.get(A)?.tree ?? asDigest('0'.repeat(64)));
  assert.is(endsOf(await rig.run('A; B <- A')), 'A:cached B:cached');
  const depths: Depths<TestNode> = { ofResult: () => 'content', ofNeeds: () => 'metadata' };
  assert.is(endsOf(await rig.run('A; B <- A', { depths })), 'A:ran B:cached');
  assert.ok(told(rig.events).includes('say A damaged in the store (file has other bytes): made again'));
});

test('what a node needs is looked at before it is made, once a run, and made again where it is damaged', async () => {
  const rig = newRig();
  const first = await rig.run('A; B <- A');
  rig.store.damaged.add(first.get(B)?.tree ?? asDigest('0'.repeat(64)));
  rig.ran.length = 0;
  const again = await rig.run('A; B <- A; C <- B; D <- B');
  assert.is(endsOf(again), 'A:cached B:cached C:ran D:ran');
  assert.equal(rig.ran, ['B', 'C', 'D']);
  assert.ok(told(rig.events).includes('say C making B again: in the store, file has other bytes'));
});

test('what does not come out the same again is used for nothing', async () => {
  const rig = newRig();
  const first = await rig.run('A');
  rig.store.damaged.add(first.get(A)?.tree ?? asDigest('0'.repeat(64)));
  rig.deed = (node) => `another output of ${node.id}`;
  const end = (await rig.run('A; B <- A')).get(B)?.end;
  assert.is(end?.status === 'failed' && end.failure.reason, 'store-damaged');
});

test('who had to wait for the lock finds what the other made', async () => {
  const rig = newRig();
  const { key, inputs } = (await newRig().run('A')).get(A) ?? {};
  const result = { kind: 'test', title: 'A', seconds: 9, notes: [], commands: [], tree: digestOf('theirs') };
  let lockName = '';
  rig.store.withLock = async (name, _signal, body) => {
    lockName = name;
    rig.store.results.set(key ?? asDigest(''), { ...result, key: key ?? asDigest(''), inputs });
    return body();
  };
  const outcome = (await rig.run('A')).get(A);
  assert.is(lockName, key);
  assert.equal([outcome?.end.status, outcome?.tree, outcome?.secondsWhenRun], ['cached', result.tree, 9]);
  assert.equal(rig.ran, []);
});

test('failures of the store are failures of the node', async () => {
  const full = err({ reason: 'disk-full', path: '/store' } as const);
  for (const method of ['temporaryFolder', 'addTree', 'record'] as const) {
    const rig = newRig();
    rig.store[method] = async () => full;
    assert.equal((await rig.run('A')).get(A)?.end, { status: 'failed', failure: full.error }, method);
  }
});

test('an output that came after the abort is not kept', async () => {
  const rig = newRig();
  const abort = new AbortController();
  rig.deed = () => {
    abort.abort();
    return 'perhaps half of it';
  };
  assert.is(endsOf(await rig.run('A', { signal: abort.signal })), 'A:aborted');
  assert.is(rig.store.results.size, 0);
});

test('commands are recorded with names for folders, also those of a node that failed', async () => {
  const rig = newRig();
  rig.deed = async (node, context) => {
    if (node.id === 'A') return 'a';
    const tree = context.tree(A);
    await context.run({
      program: `${tree}/bin/go`,
      args: ['7', `-o=${context.output}/x`, `${context.scratch}`, `${context.scratch}s`, '/store/git/x'],
      cwd: context.scratch,
      env: { GOROOT: tree },
      network: 'none',
    });
    await context.run({ program: 'git', args: [], cwd: '/', env: {}, network: 'allowed' });
    return broken;
  };
  const outcome = (await rig.run('A; B <- A')).get(asNodeId('B'));
  assert.equal(outcome?.commands, [
    {
      argv: ['$TREE(A)/bin/go', '7', '-o=$OUTPUT/x', '$SCRATCH', '$STORE/tmp/3s', '$STORE/git/x'],
      cwd: '$SCRATCH',
      env: { GOROOT: '$TREE(A)' },
      exitCode: 7,
      seconds: 3,
      isolation: 'namespace',
    },
    { argv: ['git'], cwd: '/', env: {}, exitCode: 0, seconds: 3, isolation: 'allowed' },
  ]);
  assert.ok(rig.commands.every((command) => command.signal !== undefined));
});

test('a tree that is not among the needs is a bug of the task', async () => {
  const rig = newRig();
  rig.deed = (_node, context) => context.tree(A);
  try {
    await rig.run('A2');
    assert.unreachable('given');
  } catch (error) {
    assert.match(String(error), 'A2 does not need A');
  }
});

test('a deed is told what it could not have the last time, until it has it', async () => {
  const rig = newRig();
  const told: (string | undefined)[] = [];
  const gone = { reason: 'module-unavailable', module: 'a.b/gone@v1.0.0', detail: '404' } as const;
  const answers = [gone, broken, gone, 'fine', broken];
  rig.deed = (_, { lacked }) => {
    told.push(lacked);
    return answers.shift() ?? 'more';
  };
  for (const _ of answers.slice(0, 4)) await rig.run('A');
  await rig.run('A', { isReusable: () => false });
  // What failed for another reason says nothing of what is there by now.
  assert.equal(told, [undefined, gone.module, gone.module, gone.module, undefined]);
});

test('what a result had to do without is asked for again where that is due, and the result kept while it cannot be had', async () => {
  const rig = newRig();
  const asked = { count: 0 };
  let answer: 'gone' | 'there' | 'down' = 'gone';
  const deed: Deed<TestNode> = async (node, context) => {
    asked.count += 1;
    if (answer === 'down') return err({ reason: 'network', what: 'x', detail: 'y' });
    rig.store.write(context.output, `${node.id} ${answer}`);
    return ok(answer === 'gone' ? { lacked: 'a.b/gone@v1.0.0' } : {});
  };
  const treeOf = async (isDue: boolean) => {
    const outcomes = await rig.run('a', { perform: performIn(rig, deed), isDue: () => isDue });
    return [...outcomes.values()][0]?.tree;
  };
  const without = await treeOf(false);
  assert.is(asked.count, 1);
  assert.is(await treeOf(false), without);
  assert.is(asked.count, 1, 'not due');
  assert.is(await treeOf(true), without);
  assert.is(asked.count, 2, 'due, and still gone');
  answer = 'down';
  assert.is(await treeOf(true), without, 'nobody answers: what is there is used');
  const before = asked.count;
  answer = 'there';
  const whole = await treeOf(true);
  assert.is.not(whole, without);
  assert.is(asked.count, before + 1);
  assert.is(await treeOf(true), whole);
  assert.is(asked.count, before + 1, 'nothing lacks any more');
});

test.run();
