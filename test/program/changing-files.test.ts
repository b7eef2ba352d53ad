import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import * as assert from 'uvu/assert';
import { closeFakes } from '../oci/registry/fake-registry.ts';
import { onGo } from '../rig/fake-go.ts';
import { imageWorld } from '../rig/image-world.ts';
import { reportOf, verdictsOf } from '../rig/report.ts';
import { suite } from '../rig/suite.ts';
import { newWorld, type World, writeFiles } from '../rig/world.ts';
import { patchOf, release } from '../rig/world-content.ts';

/** What somebody writes while a run goes on. */
const test = suite('files that change during a run');

/** Has files changed as soon as the run asks for its first Go, or compiles. */
function changing(
  world: World,
  files: Readonly<Record<string, string>>,
  when: 'toolchain' | 'build' = 'toolchain',
): void {
  writeFiles(join(world.folder, 'later'), files);
  onGo(world.folder, when, `cp -R ${join(world.folder, 'later')}/. ${world.root}/`);
}

/** What a run goes by, made into something that would end one. */
const files = [
  'eksd-rebuild.yaml',
  'projects/org/tool/project.yaml',
  `releases/${release}.lock.yaml`,
  `releases/${release}.overlay.yaml`,
  'patches/org/kit/later.patch',
  'projects/org/bare/project.yaml',
];

test('what was read at its start counts: settings, lock, overlay, recipes, and what is new', async () => {
  const world = await newWorld();
  changing(world, Object.fromEntries(files.map((name) => [name, 'this: [is, nothing, that: counts\n'])));
  const ran = await world.run(['verify', release]);
  assert.is(ran.code, 0, ran.stdout + ran.stderr);
  assert.match(ran.stdout, 'identical / comparable / all: 6 / 6 / 7.');
  for (const name of files) assert.match(readFileSync(join(world.root, name), 'utf8'), 'that: counts');
  assert.is((await world.run(['verify', release])).code, 2, 'the next one goes by what is there');
});

test('an own patch that is another one by then is not applied, and that is said: 3', async () => {
  const world = await newWorld();
  const patch = 'patches/org/tool/0001-mine.patch';
  writeFiles(world.root, { [patch]: patchOf('cmd/tool/main.go', '// two', '// mine') });
  changing(world, { [patch]: patchOf('cmd/tool/main.go', '// two', '// theirs') });
  const ran = await world.run(['verify', release]);
  assert.is(ran.code, 3, ran.stdout);
  assert.match(
    ran.stdout.replace(/\s+/g, ' '),
    /patch patches\/org\/tool\/0001-mine\.patch has SHA-256 .* It was changed since this run began: run again\./,
  );
  assert.ok(verdictsOf(reportOf(world, release)).includes('org/kit linux/amd64 hammer: identical'));
});

test('an own patch that is gone by then is missed', async () => {
  const world = await newWorld();
  const patch = join(world.root, 'patches/org/tool/0001-mine.patch');
  mkdirSync(dirname(patch), { recursive: true });
  writeFileSync(patch, patchOf('cmd/tool/main.go', '// two', '// mine'));
  onGo(world.folder, 'toolchain', `rm -f ${patch}`);
  const ran = await world.run(['verify', release]);
  assert.is(ran.code, 3, ran.stdout);
  assert.match(ran.stdout.replace(/\s+/g, ' '), 'it cannot be read: it is not there any more');
  rmSync(dirname(patch), { recursive: true });
});

test('a Dockerfile counts as it was', async (_) => {
  try {
    const world = await imageWorld();
    const dockerfile = 'projects/org/tool/Dockerfile';
    changing(world, { [dockerfile]: 'FROM nothing-that-there-is\n' }, 'build');
    const ran = await world.run(['images', release, '--image', 'tool', '--fresh']);
    assert.is(ran.code, 0, ran.stdout + ran.stderr);
    assert.is(readFileSync(join(world.root, dockerfile), 'utf8'), 'FROM nothing-that-there-is\n');
  } finally {
    closeFakes();
  }
});

test.run();
