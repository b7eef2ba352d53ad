import { setMaxListeners } from 'node:events';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { newResources } from '../../orchestrator/engine/resources.ts';
import type { Demand } from '../../orchestrator/task/task.ts';

const never = new AbortController().signal;
setMaxListeners(0, never);
const capacities = { network: 2, processor: 4, memory: 100 };

/** Turns of the event loop enough for all that can be served. */
async function settle(): Promise<void> {
  for (let turn = 0; turn < 3; turn += 1) await new Promise((resolve) => setImmediate(resolve));
}

/** Asks for the demands, in this order of rank, and tells who was served. */
function desk(demands: Readonly<Record<string, Demand>>, signal: AbortSignal = never) {
  const resources = newResources(capacities);
  const inside = new Map<string, () => void>();
  for (const [rank, [name, demand]] of Object.entries(demands).entries()) {
    void resources.acquire(demand, rank, signal).then((release) => {
      if (release !== undefined) inside.set(name, release);
    });
  }
  return {
    resources,
    async now(): Promise<string> {
      await settle();
      return [...inside.keys()].join(' ');
    },
    leave(name: string): void {
      inside.get(name)?.();
      inside.delete(name);
    },
  };
}

test('each resource has its own limit', async () => {
  const { now, leave } = desk({
    a: { network: 1 },
    b: { network: 1 },
    c: { network: 1 },
    d: { processor: 4 },
    e: { memory: 60 },
    f: { memory: 60 },
    g: {},
  });
  assert.is(await now(), 'a b d e g');
  leave('b');
  assert.is(await now(), 'a d e g c');
  leave('e');
  assert.is(await now(), 'a d g c f');
});

test('what is exclusive of each other runs in turn, and keeps nothing from others meanwhile', async () => {
  const { now, leave } = desk({
    a: { processor: 1, exclusive: 'go1.21 linux/amd64' },
    b: { processor: 4, exclusive: 'go1.21 linux/amd64' },
    c: { processor: 1, exclusive: 'go1.21 linux/arm64' },
    d: { processor: 2 },
  });
  assert.is(await now(), 'a c d');
  for (const name of ['a', 'c', 'd']) leave(name);
  assert.is(await now(), 'b');
});

test('a demand beyond a capacity gets all of it, alone', async () => {
  const { now, leave } = desk({ a: { processor: 1 }, big: { processor: 99 }, b: { processor: 1 } });
  assert.is(await now(), 'a');
  leave('a');
  assert.is(await now(), 'big');
  leave('big');
  assert.is(await now(), 'b');
});

test('what a large demand waits for is kept for it, the rest is not', async () => {
  const { now, leave } = desk({
    a: { processor: 3 },
    large: { processor: 3, network: 1 },
    small: { processor: 1 },
    net: { network: 1 },
    net2: { network: 1 },
  });
  assert.is(await now(), 'a net');
  leave('a');
  assert.is(await now(), 'net large small');
});

test('rank counts, not who comes first in one turn; giving back twice counts once', async () => {
  const resources = newResources({ ...capacities, processor: 1 });
  const order: number[] = [];
  const ask = (rank: number) =>
    resources.acquire({ processor: 1 }, rank, never).then((release) => {
      order.push(rank);
      release?.();
      release?.();
    });
  await Promise.all([ask(3), ask(1), ask(2), ask(0)]);
  assert.equal(order, [0, 1, 2, 3]);
  let inside = 0;
  void resources.acquire({ processor: 1 }, 0, never).then(() => (inside += 1));
  void resources.acquire({ processor: 1 }, 1, never).then(() => (inside += 1));
  await settle();
  assert.is(inside, 1);
});

test('who waits is sent away when the signal fires, and takes nothing', async () => {
  const resources = newResources({ ...capacities, processor: 1 });
  const release = await resources.acquire({ processor: 1 }, 0, never);
  const abort = new AbortController();
  const waiting = resources.acquire({ processor: 1 }, 1, abort.signal);
  const behind = resources.acquire({ processor: 1 }, 2, never);
  await settle();
  abort.abort();
  assert.is(await waiting, undefined);
  release?.();
  assert.type(await behind, 'function');
  assert.is(await resources.acquire({}, 0, AbortSignal.abort()), undefined);
});

test('limits hold, and all are served, whatever comes', async () => {
  const resources = newResources(capacities);
  const inside = { network: 0, processor: 0, memory: 0 };
  let seed = 7;
  const chance = (below: number) => {
    seed = (seed * 48271) % 2147483647;
    return seed % below;
  };
  let served = 0;
  const visits = Array.from({ length: 500 }, async (_, rank) => {
    const demand = { network: chance(3), processor: chance(5), memory: chance(101) };
    const release = await resources.acquire(demand, rank, never);
    for (const name of ['network', 'processor', 'memory'] as const) {
      inside[name] += demand[name];
      assert.ok(inside[name] <= capacities[name], `${inside[name]} of ${capacities[name]} ${name}`);
    }
    for (let turn = chance(4); turn > 0; turn -= 1) await new Promise((resolve) => setImmediate(resolve));
    for (const name of ['network', 'processor', 'memory'] as const) inside[name] -= demand[name];
    served += 1;
    release?.();
  });
  await Promise.all(visits);
  assert.is(served, 500);
});

test.run();
