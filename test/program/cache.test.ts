import { appendFileSync, chmodSync, existsSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as assert from 'uvu/assert';
import { forgetGoCalls, goCalls } from '../rig/fake-go.ts';
import { resultsIn } from '../rig/forget-results.ts';
import { reportOf } from '../rig/report.ts';
import { suite } from '../rig/suite.ts';
import { type World, warmWorld } from '../rig/world.ts';
import { release } from '../rig/world-content.ts';

/** One world, that each test leaves fit for the next. */
const test = suite<{ world: World }>('cache');

test.before(async (context) => {
  context.world = await warmWorld();
});

test('size is told by part, and adds up', async ({ world }) => {
  writeFileSync(join(world.cache, 'git', 'ballast'), Buffer.alloc(3 * 1024 ** 2, 1));
  const ran = await world.run(['cache', 'size']);
  assert.is(ran.code, 0);
  const lines = ran.stdout.trimEnd().split('\n');
  assert.is(lines.at(-1), `in ${world.cache}`);
  const sizes = new Map(
    lines.slice(0, -1).map((line) => [line.slice(0, 20).trim(), Number(line.slice(20, 30))]),
  );
  assert.equal(
    [...sizes.keys()],
    [
      'files of trees',
      'trees of their own',
      'results',
      'in the making',
      'git clones',
      "Go's build cache",
      'all others',
      'total',
    ],
  );
  assert.ok((sizes.get('git clones') ?? 0) >= 3 && (sizes.get('git clones') ?? 0) < 4);
  assert.ok(
    Math.abs([...sizes.values()].reduce((sum, each) => sum + each, 0) - 2 * (sizes.get('total') ?? 0)) < 0.5,
  );
});

test('check finds what is damaged, drops it with what rests on it: 4, and the next one is content', async ({
  world,
}) => {
  const sound = await world.run(['cache', 'check']);
  assert.equal([sound.code, sound.stderr], [0, '']);
  assert.match(
    sound.stdout,
    /^Looked at [0-9]+ files of trees, 10 trees and 10 results\.\nEverything is as it was written\.\n$/,
  );
  const tree =
    reportOf(world, release).nodes.find(({ id }) => id === 'go-build org/tool linux/amd64')?.tree ?? '';
  const file = join(world.cache, 'trees', tree.slice(0, 2), tree, 'content', 'tool');
  chmodSync(file, 0o755);
  appendFileSync(file, 'x');
  chmodSync(file, 0o555);
  const ran = await world.run(['cache', 'check']);
  assert.is(ran.code, 4);
  const dropped = ran.stdout.split('\n').filter((line) => line.startsWith('Dropped '));
  assert.equal(dropped.map((line) => line.split(' ')[1]).sort(), ['blob', 'result', 'tree']);
  assert.match(ran.stdout, 'The next run makes again what it needs of these.\n');
  assert.is((await world.run(['cache', 'check'])).code, 0);
  assert.is((await world.run(['verify', release])).code, 0);
});

test('gc keeps what was used within the days, and what goes is made again', async ({ world }) => {
  const all = 'Removed 0 results, 0 trees, 0 files of trees, 0 left-overs';
  assert.match((await world.run(['cache', 'gc'])).stdout, all);
  const before = Date.now() / 1000 - 31 * 86_400;
  for (const { file, kind } of resultsIn(world.cache))
    if (kind === 'go-build') utimesSync(file, before, before);
  await world.run(['verify', release, '--project', 'tool']);
  const ran = await world.run(['cache', 'gc']);
  assert.is(ran.code, 0);
  assert.match(ran.stdout, 'Removed 2 results, 2 trees, ');
  forgetGoCalls(world.folder);
  const again = await world.run(['verify', release]);
  assert.is(again.code, 0);
  assert.equal(
    goCalls(world.folder)
      .map((call) => call.split(' ').slice(0, 3).join(' '))
      .sort(),
    ['go1.21.3 linux/amd64 build', 'go1.21.3 windows/amd64 build'],
  );
});

test('gc down to a size removes everything where it is 0, and clones stay', async ({ world }) => {
  const ran = await world.run(['cache', 'gc', '--max-size', '0']);
  assert.is(ran.code, 0);
  assert.match(ran.stdout, /^Removed 10 results, 10 trees, [0-9]+ files of trees/);
  assert.match(ran.stdout, 'kept 0.0 MiB.\n');
  assert.ok(existsSync(join(world.cache, 'git')));
});

test('a cache that is not there yet is an empty one', async ({ world }) => {
  rmSync(world.cache, { recursive: true });
  for (const words of [['size'], ['gc'], ['check']]) {
    assert.is((await world.run(['cache', ...words])).code, 0);
  }
});

test.run();
