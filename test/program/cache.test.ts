import {
  appendFileSync,
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
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
  assert.match(lines.at(-2) ?? '', '"eksd-rebuild cache gc" frees what was not used');
  const sizes = new Map(
    lines.slice(0, -2).map((line) => [line.slice(0, 20).trim(), Number(line.slice(20, 30))]),
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
    /^Looked at [0-9]+ files of trees, 10 trees and 10 results\.\nLooked at 3 clones\.\nEverything is as it was written\.\n$/,
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

test('check reads the clones, too, and says of one that is damaged what to delete: 4', async ({ world }) => {
  const [object = ''] = readdirSync(join(world.cache, 'git'), { recursive: true })
    .map((name) => join(world.cache, 'git', String(name)))
    .filter((name) => /tool\.git\/objects\/.*([0-9a-f]{38}|\.pack)$/.test(name));
  const clone = object.slice(0, object.indexOf('.git/') + 4);
  const damaged = Buffer.from(readFileSync(object)).fill(0, 20, 40);
  // Git links a clone's objects to those of a repository on the same disk.
  rmSync(object);
  writeFileSync(object, damaged);
  const ran = await world.run(['cache', 'check']);
  assert.is(ran.code, 4, ran.stdout);
  assert.match(ran.stdout, `Damaged: the clone ${clone}: `);
  assert.match(ran.stdout, `Delete ${clone}: it is cloned again.`);
  assert.not.match(ran.stdout, 'Everything is as it was written');
  assert.equal(readFileSync(object), damaged, 'it was changed');
  rmSync(clone, { recursive: true });
  assert.is((await world.run(['cache', 'check'])).code, 0);
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

test('what was not used for the days gc keeps is told beside what is there', async ({ world }) => {
  const compiled = join(world.cache, 'go-build', 'ab', `${'a'.repeat(64)}-d`);
  mkdirSync(dirname(compiled), { recursive: true });
  writeFileSync(compiled, Buffer.alloc(2 * 1024 ** 2, 1));
  const before = Date.now() / 1000 - 31 * 86_400;
  utimesSync(compiled, before, before);
  const lines = (await world.run(['cache', 'size'])).stdout.split('\n');
  const line = lines.find((each) => each.startsWith("Go's build cache")) ?? '';
  assert.match(line, / 2\.0 MiB +2\.0 MiB not used for 30 days$/);
  const ran = await world.run(['cache', 'gc']);
  assert.match(ran.stdout, "1 file of Go's build cache, 0 clones");
  assert.match(ran.stdout, /^Go's build cache +freed +2\.0 MiB, kept +0\.0 MiB$/m);
});

test('gc down to a size removes everything where it is 0: results, what Go compiled, clones', async ({
  world,
}) => {
  const compiled = join(world.cache, 'go-build', 'ab', `${'a'.repeat(64)}-d`);
  writeFileSync(compiled, Buffer.alloc(2 * 1024 ** 2, 1));
  const ran = await world.run(['cache', 'gc', '--max-size', '0']);
  assert.is(ran.code, 0);
  assert.match(ran.stdout, /^Removed 10 results, 10 trees, [0-9]+ files of trees/);
  assert.match(ran.stdout, /^Go's build cache +freed +2\.0 MiB, kept +0\.0 MiB$/m);
  assert.match(ran.stdout, /^results with files .* kept +0\.0 MiB$/m);
  assert.not.ok(existsSync(compiled));
  assert.equal(
    readdirSync(join(world.cache, 'git'), { recursive: true }).filter((name) => `${name}`.endsWith('.git')),
    [],
  );
  const again = await world.run(['verify', release]);
  assert.is(again.code, 0, `what went is fetched and built again: ${again.stdout}${again.stderr}`);
});

test('a cache that is not there is told, and none is made by who looks or frees', async ({ world }) => {
  const cache = join(world.folder, 'nowhere');
  for (const words of [
    ['cache', 'size'],
    ['cache', 'gc'],
    ['cache', 'gc', '--max-size', '0'],
    ['cache', 'check'],
    ['plan', release],
    ['releases', '--offline'],
  ]) {
    const ran = await world.run([...words, '--cache', cache]);
    assert.is(ran.code, 0, ran.stderr);
    if (words[0] === 'cache')
      assert.is(ran.stdout, `There is no cache yet, and none was made\nin ${cache}\n`);
    assert.not.ok(existsSync(cache), words.join(' '));
  }
});

test("a folder of somebody else's is refused by every command, and stays as it is: 2", async ({ world }) => {
  const theirs = join(world.folder, 'theirs');
  mkdirSync(join(theirs, 'git', 'project.git'), { recursive: true });
  writeFileSync(join(theirs, 'thesis.txt'), 'mine');
  const before = readdirSync(theirs, { recursive: true });
  for (const words of [
    ['cache', 'size'],
    ['cache', 'gc', '--max-size', '0'],
    ['cache', 'check'],
    ['plan', release],
    ['verify', release],
    ['verify', 'sample'],
    ['build', release, '--output', 'dist'],
    ['explain', release],
    ['import', release],
    ['releases'],
    ['releases', '--offline'],
    ['doctor'],
    ['images', release],
    ['push', release, '--registry', 'localhost:1/x'],
    ['compare', 'image', 'a', 'b'],
    ['cluster', release, '--registry', 'localhost:1/x', '--offline'],
    ['base', 'list'],
    ['base', 'check'],
    ['base', 'refresh'],
    ['base', 'build'],
  ]) {
    const ran = await world.run([...words, '--cache', theirs]);
    assert.equal([words.join(' '), ran.code, ran.stdout], [words.join(' '), 2, '']);
    assert.is(
      ran.stderr,
      `${theirs} cannot be the cache: it is not empty, and eksd-rebuild did not make what is in it.\nName a folder that is empty or not there yet: --cache, EKSD_REBUILD_CACHE, or "cache" in the settings.\n`,
    );
    assert.equal(readdirSync(theirs, { recursive: true }), before);
  }
});

test.run();
