import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as assert from 'uvu/assert';
import { suite } from '../rig/suite.ts';
import { newWorld, publish, type World } from '../rig/world.ts';
import { release, toolPins } from '../rig/world-content.ts';

/** One world, that each test leaves fit for the next. */
const test = suite<{ world: World }>('releases');

test.before(async (context) => {
  context.world = await newWorld();
});

test('what upstream has, the newest first, with what is comparable and what has a lock', async ({
  world,
}) => {
  await publish(world, 6, { ...toolPins(), 'projects/org/tool/Makefile': 'SKIP_CHECKSUM_VALIDATION=true\n' });
  const ran = await world.run(['releases']);
  assert.equal(ran, {
    code: 0,
    stderr: '',
    stdout: `release      date        kubernetes  comparable  all  lock  tag
v1-30-eks-6  2024-06-01                       5    7
v1-30-eks-5  2024-05-01                       7    7  yes
`,
  });
  const json = JSON.parse((await world.run(['releases', '--json', '--offline'])).stdout);
  assert.is(json.schema, 1);
  assert.equal(json.releases[0], {
    release: 'v1-30-eks-6',
    date: '2024-06-01T00:00:06Z',
    kubernetes: null,
    comparable: 5,
    files: 7,
    tagged: true,
    locked: false,
  });
});

const noNetwork = "fatal: unable to access 'https://git.example/': Could not resolve host: git.example";

/** A git that cannot reach other repositories. */
function cutOff(world: World): void {
  const script = `#!/bin/sh
case $* in *ls-remote*|*clone*|*fetch*) echo "${noNetwork}" >&2; exit 128 ;; esac
PATH=\${PATH#*:} exec git "$@"
`;
  writeFileSync(join(world.folder, 'goroot/bin/git'), script, { mode: 0o755 });
}

test('without a network, what the clone has is read, and its age is said', async ({ world }) => {
  const lock = join(world.root, 'releases', `${release}.lock.yaml`);
  const before = readFileSync(lock, 'utf8');
  cutOff(world);
  const listed = await world.run(['releases']);
  assert.is(listed.code, 0);
  assert.match(
    listed.stderr,
    `The network failed while reading https://git.example/upstream.git: ${noNetwork}`,
  );
  assert.match(listed.stderr, 'The list is as old as the clone in the cache.\n');
  const imported = await world.run(['import', release]);
  assert.is(imported.code, 0);
  assert.is(readFileSync(lock, 'utf8'), before, 'commits that are known stay');
  const unknown = await world.run(['import', 'v1-30-eks-7']);
  assert.is(unknown.code, 4);
  assert.match(unknown.stderr, 'The network failed while reading https://git.example/upstream.git: ');
});

test('without a network and without a clone: the locks at hand, or nothing: 4', async ({ world }) => {
  cutOff(world);
  rmSync(world.cache, { recursive: true });
  const listed = await world.run(['releases']);
  assert.is(listed.code, 0);
  assert.match(listed.stderr, 'Only releases whose lock is at hand are listed.\n');
  assert.match(listed.stdout, 'v1-30-eks-5  2024-05-01                       7    7  yes\n');
  const imported = await world.run(['import', release, '--output', 'new']);
  assert.equal([imported.code, imported.stdout], [4, '']);
  rmSync(join(world.root, 'releases'), { recursive: true });
  const none = await world.run(['releases']);
  assert.equal([none.code, none.stdout], [4, '']);
});

test.run();
