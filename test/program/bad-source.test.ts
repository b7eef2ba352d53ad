import { execFileSync } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import * as assert from 'uvu/assert';
import { goCalls } from '../rig/fake-go.ts';
import { reportOf, verdictsOf } from '../rig/report.ts';
import { addCommits } from '../rig/repository.ts';
import { suite } from '../rig/suite.ts';
import { newWorld, publish, type World, warmWorld, writeFiles } from '../rig/world.ts';
import { checksumLine, patchOf, pinsOf, release } from '../rig/world-content.ts';

const test = suite<{ world: World }>('bad sources');

/** Release 6: a tag that is not public, a patch that does not apply, one that leaves its folder; the rest is fine. */
const other = 'v1-30-eks-6';
const astray = patchOf('../outside', '// one', '// two');
const inapplicable = patchOf('tools/saw/main.go', '// axe', '// file');

test.before(async (context) => {
  const world = await warmWorld();
  const line = (repo: string) => [checksumLine(repo, 'linux/amd64', repo, repo)];
  await publish(world, 6, {
    ...pinsOf('org/kit', 'v2.0.0', '1.21.3', line('kit')),
    'projects/org/kit/1-30/patches/0001-none.patch': inapplicable,
    ...pinsOf('org/bare', 'v1.0.0-secret', '1.21.3', line('bare')),
    ...pinsOf('org/tool', 'v1.0.0', '1.20.5', line('tool')),
    'projects/org/tool/1-30/patches/0002-astray.patch': astray,
  });
  const recipe = readFileSync(join(world.root, 'projects/org/tool/project.yaml'), 'utf8');
  writeFiles(world.root, { 'projects/org/bare/project.yaml': recipe });
  execFileSync('cp', ['-a', join(world.folder, 'git/org/tool.git'), join(world.folder, 'git/org/bare.git')]);
  const imported = await world.run(['import', other]);
  assert.is(imported.code, 0, imported.stderr);
  assert.match(imported.stdout, 'org/bare: https://git.example/org/bare.git has no tag v1.0.0-secret');
  context.world = world;
});

test('each source that cannot be had or patched is told with its reason, and the gravest counts: 2', async ({
  world,
}) => {
  const { code, stdout } = await world.run(['verify', other]);
  assert.is(code, 2);
  assert.equal(verdictsOf(reportOf(world, other)), [
    'org/bare linux/amd64 bare: source-unavailable',
    'org/kit linux/amd64 kit: build-failed',
    'org/tool linux/amd64 tool: build-failed',
  ]);
  assert.match(
    stdout,
    'tag v1.0.0-secret is not in https://git.example/org/bare.git: the tag is not public.',
  );
  assert.match(
    stdout,
    'Patch projects/org/kit/1-30/patches/0001-none.patch does not apply at tools/saw/main.go, hunk 1: ',
  );
  assert.match(
    stdout.replace(/\n */g, ' '),
    'Path "../outside" in patch projects/org/tool/1-30/patches/0002-astray.patch leaves its folder; it was not used.',
  );
});

test('what is not public is nobody here to blame, but where there is nothing else, nothing was compared: 5', async ({
  world,
}) => {
  assert.is((await world.run(['verify', other, '--project', 'bare'])).code, 5);
});

test("the user's own patches come last, and make a project not comparable", async ({ world }) => {
  writeFiles(world.root, {
    'patches/org/tool/0001-own.patch': patchOf('cmd/tool/main.go', '// two', '// mine'),
  });
  const ran = await world.run(['verify', release, '--platform', 'linux/amd64']);
  assert.is(ran.code, 0);
  const report = reportOf(world, release);
  assert.equal(verdictsOf(report).slice(-1), ['org/tool linux/amd64 tool: no-expectation']);
  assert.equal(report.totals, { identical: 2, comparable: 2, all: 4 });
  const tool = report.projects.at(-1);
  assert.equal(
    tool?.userPatches.map((patch) => patch.path),
    ['patches/org/tool/0001-own.patch'],
  );
  assert.match(ran.stdout, 'Patches of your own were applied');
  const tree = report.nodes.find((node) => node.id === 'go-build org/tool linux/amd64')?.tree ?? '';
  const built = readFileSync(join(world.cache, 'trees', tree.slice(0, 2), tree, 'content', 'tool'), 'utf8');
  assert.match(built, '// mine');

  writeFiles(world.root, {
    'patches/org/tool/0001-own.patch': patchOf('cmd/tool/main.go', '// one', '// mine'),
  });
  const conflict = await world.run(['verify', release, '--project', 'tool']);
  assert.is(conflict.code, 3);
  assert.match(
    conflict.stdout,
    'Patch patches/org/tool/0001-own.patch does not apply at cmd/tool/main.go, hunk 1: ',
  );
});

test('a tag that was moved since the import, and one that was taken away: both commits, and the lock stays: 2', async () => {
  const world = await newWorld();
  const file = join(world.root, 'releases', `${release}.lock.yaml`);
  const before = readFileSync(file, 'utf8');
  const locked = /tag: v1\.0\.0\n\s+commit: ([0-9a-f]{40})/.exec(before)?.[1] ?? '';
  const [moved = ''] = await addCommits(join(world.folder, 'git/org/tool.git'), [
    { files: { 'cmd/tool/main.go': 'package evil\n' }, lightweightTags: ['v1.0.0'] },
  ]);
  const words = `Tag v1.0.0 of https://git.example/org/tool.git points at ${moved}, the lock says ${locked}.`;
  const imported = await world.run(['import', release]);
  assert.is(imported.code, 2);
  assert.is(imported.stdout, '');
  assert.match(imported.stderr, words);
  assert.is(readFileSync(file, 'utf8'), before);

  const verified = await world.run(['verify', release, '--project', 'tool']);
  assert.is(verified.code, 2);
  assert.match(verified.stdout.replace(/\n +/g, ' '), words);
  assert.equal(
    goCalls(world.folder).filter((call) => call.includes(' build ')),
    [],
  );

  execFileSync('git', ['--git-dir', join(world.folder, 'git/org/tool.git'), 'tag', '-d', 'v1.0.0']);
  const reimported = await world.run(['import', release]);
  assert.is(reimported.code, 2);
  assert.match(reimported.stderr, /points at nothing any more, the lock says [0-9a-f]{40}/);
  const missing = await world.run(['verify', release, '--project', 'tool']);
  assert.is(missing.code, 5);
  assert.match(missing.stdout, 'tag v1.0.0 is not in https://git.example/org/tool.git: it has no such tag.');
  assert.equal(verdictsOf(reportOf(world, release)), [
    'org/tool linux/amd64 tool: source-unavailable',
    'org/tool linux/arm64 tool: source-unavailable',
  ]);
});

test('a clone that has lost an object: infrastructure, which, and what helps', async () => {
  const world = await newWorld();
  const clone = join(world.cache, 'git/git.example/org/tool.git');
  const source = join(world.folder, 'git/org/tool.git');
  mkdirSync(dirname(clone), { recursive: true });
  execFileSync('git', ['clone', '-q', '--bare', source, clone]);
  const args = [`--git-dir=${clone}`, 'rev-parse', 'v1.0.0:cmd/tool/main.go'];
  const id = execFileSync('git', args, { encoding: 'utf8' }).trim();
  const packs = join(clone, 'objects/pack');
  for (const name of readdirSync(packs).filter((each) => each.endsWith('.pack'))) {
    const input = readFileSync(join(packs, name));
    rmSync(packs, { recursive: true });
    execFileSync('git', [`--git-dir=${clone}`, 'unpack-objects', '-q'], { input });
  }
  rmSync(join(clone, 'objects', id.slice(0, 2), id.slice(2)));
  const ran = await world.run(['verify', release, '--project', 'org/tool']);
  assert.is(ran.code, 4, ran.stdout);
  const told = ran.stdout.replace(/\n */g, ' ');
  assert.match(
    told,
    `Object ${id} is missing in the clone of https://git.example/org/tool.git, or damaged: `,
  );
  assert.match(told, `Delete ${clone}: it is cloned again.`);
});

test.run();
