import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { alone, budgets, coldFile } from './budgets.ts';
import { describeTimes, inLanes, queueOf } from './lanes.ts';

const file = (name: string, budget: number) => ({ name, budget });
const files = [
  file('short', 1),
  file('longest', 90),
  file('middle', 40),
  file('long', 80),
  file('kills', 50),
];

async function beginsIn(lanes: number): Promise<readonly string[]> {
  const running = new Set<string>();
  const began: string[] = [];
  await inLanes(queueOf(files), lanes, async ({ name, budget }) => {
    running.add(name);
    began.push([...running].join(' beside '));
    await setTimeout(budget);
    running.delete(name);
  });
  return began;
}

test('one lane takes the longest first; in two and three, they meet the shortest', async () => {
  assert.equal(await beginsIn(1), ['longest', 'long', 'kills', 'middle', 'short']);
  assert.equal(await beginsIn(0), await beginsIn(1));
  const inTwo = await beginsIn(2);
  assert.equal(inTwo.slice(0, 3), ['longest', 'longest beside short', 'longest beside middle']);
  const inThree = await beginsIn(3);
  assert.equal(inThree.slice(0, 4), [
    'longest',
    'longest beside long',
    'longest beside long beside short',
    'longest beside long beside middle',
  ]);
  for (const each of [inTwo, inThree]) assert.is(each.length, files.length);
});

test('a queue is emptied by all who take from it, each file once', async () => {
  const queue = queueOf(files);
  const taken: string[] = [];
  const take = async ({ name, budget }: { name: string; budget: number }) => {
    taken.push(name);
    await setTimeout(budget);
  };
  await Promise.all([inLanes(queue, 2, take), setTimeout(20).then(() => inLanes(queue, 2, take))]);
  assert.is(taken.length, files.length);
  assert.equal([...taken].sort(), files.map(({ name }) => name).sort());
});

test('what is alone or has a budget of its own is there', () => {
  // Batches of files, by what `run.ts` calls them.
  const files = Object.keys(budgets).filter((name) => !/^(?:unit [12]|program [123])$/.test(name));
  for (const name of [...alone, coldFile, ...files]) {
    const places = ['real', 'rig'].map((folder) => join(import.meta.dirname, '..', folder, name));
    assert.ok(places.some(existsSync), name);
  }
});

test('the table has a line a file, the longest first, and names what took more than it may', () => {
  const time = (name: string, seconds: number, work: number) => ({ ...file(name, 40), seconds, work });
  const said = describeTimes([time('quick', 1, 0.5), time('slow', 30.04, 41.6), time('waiting', 60, 2)]);
  assert.is(
    said,
    `
 seconds  of processors  file
    60.0            2.0  waiting
    30.0           41.6  slow
     1.0            0.5  quick
    91.0           44.1  all

OVER ITS BUDGET: slow took 42 seconds of processors, and 40 are meant (test/rig/budgets.ts).
`,
  );
});

test.run();
