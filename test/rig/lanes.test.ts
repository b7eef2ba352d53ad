import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { alone, budgets } from './budgets.ts';
import { describeTimes, inLanes } from './lanes.ts';

const file = (name: string, budget: number, isAlone = false) => ({ name, budget, isAlone });

test('what is alone comes first and has nothing beside it; then the longest meets the shortest', async () => {
  const files = [
    file('short', 1),
    file('kills', 50, true),
    file('longest', 90),
    file('middle', 40),
    file('counts', 5, true),
    file('long', 80),
  ];
  const running = new Set<string>();
  const began: string[] = [];
  await inLanes(files, async ({ name, budget }) => {
    running.add(name);
    began.push([...running].join(' beside '));
    await setTimeout(budget);
    running.delete(name);
  });
  assert.equal(began, [
    'kills',
    'counts',
    'longest',
    'longest beside short',
    'longest beside middle',
    // Whichever lane is free first.
    began.at(-1),
  ]);
  assert.match(began.at(-1) ?? '', /\blong\b/);
});

test('what is alone or has a budget of its own is there', () => {
  // Batches of files, by what `run.ts` calls them.
  const files = Object.keys(budgets).filter((name) => !/^(?:unit [12]|program [123])$/.test(name));
  for (const name of [...alone, ...files]) {
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
