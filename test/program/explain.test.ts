import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as assert from 'uvu/assert';
import { forgetGoCalls, goCalls, onGo } from '../rig/fake-go.ts';
import { reportOf } from '../rig/report.ts';
import { suite } from '../rig/suite.ts';
import { publish, type World, warmWorld } from '../rig/world.ts';
import { kitPins, toolPins } from '../rig/world-content.ts';

/** Releases of the same sources that were built otherwise than they say. */
const test = suite<{ world: World }>('explain');

const unpatched = 'package main\n\n// one\n';

test.before(async (context) => {
  const world = await warmWorld();
  await publish(world, 6, { ...toolPins({ version: '1.0.0' }), ...kitPins() });
  await publish(world, 7, { ...toolPins({ source: unpatched, version: '1.0.0' }), ...kitPins() });
  await publish(world, 8, { ...toolPins({ source: 'package main\n\n// three\n' }), ...kitPins() });
  const imported = await world.run(['import', 'v1-30-eks-6', 'v1-30-eks-7', 'v1-30-eks-8']);
  assert.is(imported.code, 0, imported.stderr);
  context.world = world;
});

function toolFiles(world: World, release: string) {
  const { projects } = reportOf(world, release);
  return projects.find(({ name }) => name === 'org/tool')?.files ?? [];
}

test('a cause that can be tried is confirmed by the published bytes, on each platform', async ({ world }) => {
  const { code, stdout } = await world.run(['explain', 'v1-30-eks-6']);
  assert.is(code, 1);
  const files = toolFiles(world, 'v1-30-eks-6');
  assert.equal(
    files.map(({ verdict, explanation }) => [verdict, explanation?.rule, explanation?.confidence]),
    [
      ['explained', 'link-values', 'confirmed'],
      ['explained', 'link-values', 'confirmed'],
    ],
  );
  assert.equal(files[0]?.explanation?.override, { stamps: { 'main.version': '{tag.bare}' } });
  assert.match(stdout, 'Upstream built it with main.version={tag.bare} (not {tag}).');
  assert.match(stdout, 'Differs, cause confirmed: 2 files');
});

test('what was found is told by verify from then on, and nothing is built for it', async ({ world }) => {
  forgetGoCalls(world.folder);
  const { code, stdout } = await world.run(['verify', 'v1-30-eks-6']);
  assert.is(code, 1);
  assert.match(stdout, 'Upstream built it with main.version={tag.bare} (not {tag}).');
  assert.equal(goCalls(world.folder), []);
});

test('--accept keeps it beside the lock: the files are built so, and are the published ones', async ({
  world,
}) => {
  const overlay = join(world.root, 'releases', 'v1-30-eks-6.overlay.yaml');
  const lock = readFileSync(join(world.root, 'releases', 'v1-30-eks-6.lock.yaml'), 'utf8');
  const accepted = await world.run(['explain', 'v1-30-eks-6', '--accept']);
  assert.is(accepted.code, 0, 'all that differed is explained, and built so from now on');
  assert.match(accepted.stderr, 'Accepted for org/tool: releases/v1-30-eks-6.overlay.yaml');
  const again = await world.run(['verify', 'v1-30-eks-6']);
  assert.is(again.code, 0, again.stdout);
  assert.match(again.stdout, 'org/tool: Built as releases/v1-30-eks-6.overlay.yaml says');
  assert.is(readFileSync(join(world.root, 'releases', 'v1-30-eks-6.lock.yaml'), 'utf8'), lock);
  assert.ok(existsSync(overlay));
});

test('--accept ends with 1 where something still differs, or where nothing was accepted', async ({
  world,
}) => {
  const nothing = await world.run(['explain', 'v1-30-eks-8', '--accept', '--budget', '0.01']);
  assert.is(nothing.code, 1);
  assert.match(nothing.stderr, 'Nothing was confirmed');
  assert.not.ok(existsSync(join(world.root, 'releases', 'v1-30-eks-8.overlay.yaml')));
});

test('of the files that were asked for all is said that is known, and of no others', async ({ world }) => {
  const words = ['explain', 'v1-30-eks-8', '--budget', '0.01'];
  const one = await world.run([...words, 'linux/amd64/saw']);
  assert.is(one.code, 0, 'what was not asked for is not judged');
  assert.match(one.stdout, 'As published: 1 file\n\n  org/kit: It has the published SHA-256.\n');
  assert.match(one.stdout, 'identical / comparable / all: 1 / 1 / 1.');
  assert.not.match(one.stdout, 'org/tool');
  const two = await world.run([...words, 'linux/amd64/saw', 'linux/amd64/tool']);
  assert.is(two.code, 1);
  assert.match(two.stdout, 'As published: 1 file\n');
  assert.match(two.stdout, 'Different: 1 file\n');
  assert.not.match(two.stdout, 'hammer');
});

test('a published file that is at hand names itself by its hash, a folder of them by their names', async ({
  world,
}) => {
  const built = join(world.root, 'built');
  const words = ['explain', 'v1-30-eks-5', '--budget', '0.01', '--published'];
  await world.run(['build', 'v1-30-eks-5', '--output', built]);
  const kit = join(built, '_output', '1-30', 'bin', 'kit', 'linux-amd64');
  const file = await world.run([...words, join(kit, 'saw')]);
  assert.is(file.code, 0, file.stderr);
  assert.match(file.stdout, /As published: 1 file\n\n {2}org\/kit: .*\n {4}linux\/amd64 {2}saw/);
  assert.not.match(file.stdout, 'org/tool');
  const folder = await world.run([...words, kit]);
  assert.match(folder.stdout, 'As published: 2 files\n');
  assert.not.match(folder.stdout, 'org/tool');
  const strange = join(world.root, 'strange');
  writeFileSync(strange, 'x');
  const none = await world.run([...words, strange, '--project', 'kit']);
  assert.match(none.stderr, `${strange}: its SHA-256 is that of no file of v1-30-eks-5.\n`);
});

test('two causes at once', async ({ world }) => {
  const { code } = await world.run(['explain', 'v1-30-eks-7', '--platform', 'linux/amd64']);
  assert.is(code, 1);
  const [file] = toolFiles(world, 'v1-30-eks-7');
  assert.equal(file?.explanation?.override, { stamps: { 'main.version': '{tag.bare}' }, patches: [] });
  const { tried = [] } = file?.explanation ?? {};
  assert.is(tried.at(-1)?.result, 'published');
  assert.is(new Set(tried.map(({ what }) => what)).size, tried.length, 'each once');
});

test('where nothing that was tried fits, it says so and what was tried, and the file stays different', async ({
  world,
}) => {
  const { code, stdout } = await world.run([
    'explain',
    'v1-30-eks-8',
    'linux/amd64/tool',
    '--budget',
    '0.05',
  ]);
  assert.is(code, 1);
  const [amd64, arm64] = toolFiles(world, 'v1-30-eks-8');
  const { rule, confidence } = amd64?.explanation ?? {};
  // That its code differs is not said: nobody looked inside.
  assert.equal([amd64?.verdict, rule, confidence], ['different', 'unknown', 'low']);
  assert.ok((amd64?.explanation?.tried.length ?? 0) > 3);
  assert.is(arm64?.explanation, undefined, 'it was not asked for');
  assert.match(stdout, 'No change that was tried gives the published file.');
});

test('a build that depends on its surroundings', async ({ world }) => {
  onGo(world.folder, 'build', 'version=$version$GOMAXPROCS');
  const { code, stdout } = await world.run(['explain', 'v1-30-eks-8', 'linux/arm64/tool']);
  onGo(world.folder, 'build', ':');
  assert.is(code, 1);
  const [, file] = toolFiles(world, 'v1-30-eks-8');
  assert.equal([file?.explanation?.rule, file?.explanation?.confidence], ['nondeterministic', 'high']);
  assert.match(stdout, 'Two builds of our own differ');
});

test('a file that is not there, and a budget that is no time: 2, before anything is built', async ({
  world,
}) => {
  forgetGoCalls(world.folder);
  const unknown = await world.run(['explain', 'v1-30-eks-8', 'linux/amd64/tol']);
  assert.is(unknown.code, 2);
  assert.match(unknown.stderr, 'linux/amd64/tool');
  const budget = await world.run(['explain', 'v1-30-eks-8', '--budget', 'soon']);
  assert.equal(
    [budget.code, budget.stderr],
    [2, '--budget takes minutes from 0.01 to 525600, not "soon".\nName a time such as 30.\n'],
  );
  assert.equal(goCalls(world.folder), []);
});

test('an overlay that names a patch that is not there: 2, at its line', async ({ world }) => {
  writeFileSync(
    join(world.root, 'releases', 'v1-30-eks-8.overlay.yaml'),
    `schema: 1
release: v1-30-eks-8
projects:
  org/tool:
    because: somebody says so
    files: []
    override: { patches: [a.patch] }
`,
  );
  const { code, stderr } = await world.run(['verify', 'v1-30-eks-8']);
  assert.is(code, 2);
  assert.match(stderr, 'releases/v1-30-eks-8.overlay.yaml:7:');
  assert.match(stderr, 'the lock has no patch a.patch');
});

test.run();
