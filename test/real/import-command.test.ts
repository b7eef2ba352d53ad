import {
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import * as assert from 'uvu/assert';
import type { Lock, LockedProject } from '../../orchestrator/config/lock/lock.ts';
import { readLock } from '../../orchestrator/config/lock/lock-file.ts';
import { addCommits, createRepository } from '../rig/repository.ts';
import { suite } from '../rig/suite.ts';
import { newWorld, publish, type World } from '../rig/world.ts';
import { release } from '../rig/world-content.ts';

const test = suite<{ world: World }>('import');

test.before.each(async (context) => {
  context.world = await newWorld();
});

function lockPath(world: World, name = release): string {
  return join(world.root, 'releases', `${name}.lock.yaml`);
}

function lockOf(world: World, name = release): Lock {
  const lock = readLock(name, readFileSync(lockPath(world, name), 'utf8'));
  if (!lock.ok) throw new Error(JSON.stringify(lock.error));
  return lock.value;
}

function project(lock: Lock, name: string): LockedProject {
  const found = Object.entries(lock.projects).find(([each]) => each === name)?.[1];
  if (found === undefined) throw new Error(`no project ${name}`);
  return found;
}

test('says what it found, and gives the same bytes again without writing them', async ({ world }) => {
  const before = readFileSync(lockPath(world), 'utf8');
  const written = statSync(lockPath(world)).mtimeMs;
  const ran = await world.run(['import', release]);
  const { commit = '' } = lockOf(world).upstream.releaseCommit ?? {};
  assert.equal([ran.code, ran.stderr], [0, '']);
  assert.equal(ran.stdout.split('\n').slice(0, 3), [
    `v1-30-eks-5: read from the release commit ${commit.slice(0, 12)} of 2024-05-01`,
    '  3 projects, 7 files: 7 built',
    '  https://git.example/build-tooling.git was out of reach: Go versions rest on ATTRIBUTION.txt alone',
  ]);
  assert.match(
    ran.stdout,
    /unresolved source tags, asked for again when they are needed: org\/bare v3\.0\.0\n/,
  );
  assert.match(
    ran.stdout,
    /\n {2}1 base image pinned by tag alone: eks-distro-minimal-base\n {4}The network failed/,
  );
  assert.match(ran.stdout, '\n    to pin them, import again with their registry in reach');
  assert.match(ran.stdout, /\n {2}wrote releases\/v1-30-eks-5\.lock\.yaml\n$/);
  assert.is(readFileSync(lockPath(world), 'utf8'), before);
  assert.is(statSync(lockPath(world)).mtimeMs, written);
});

test('a release that came after the clone was made is fetched, with what it says', async ({ world }) => {
  const id = await publish(world, 6, { 'projects/org/tool/1-30/GIT_TAG': 'v1.0.1\n' });
  const ran = await world.run(['import', 'v1-30-eks-6']);
  assert.is(ran.code, 0);
  const lock = lockOf(world, 'v1-30-eks-6');
  assert.equal([lock.upstream.releaseCommit?.commit, lock.upstream.tag?.commit], [id, id]);
  assert.is(project(lock, 'org/tool').commit, 'absent');
  assert.match(ran.stdout, '  org/tool: https://git.example/org/tool.git has no tag v1.0.1\n');
});

test('--offline fetches nothing, and keeps the commits that are known', async ({ world }) => {
  await publish(world, 6, {});
  const unknown = await world.run(['import', 'v1-30-eks-6', '--offline']);
  assert.is(unknown.code, 2);
  assert.match(unknown.stderr, 'There is no release "v1-30-eks-6". Nearest: v1-30-eks-5.');
  const before = readFileSync(lockPath(world), 'utf8');
  rmSync(join(world.folder, 'git'), { recursive: true });
  const ran = await world.run(['import', release, '--offline']);
  assert.is(ran.code, 0);
  assert.is(readFileSync(lockPath(world), 'utf8'), before);
  const elsewhere = await world.run(['import', release, '--offline', '--output', 'fresh']);
  assert.match(
    elsewhere.stdout,
    'asked for again when they are needed: org/bare v3.0.0, org/kit v2.0.0, org/tool v1.0.0\n',
  );
});

test('releases are named by globs, and left out; a word that fits none is refused', async ({ world }) => {
  await publish(world, 6, {});
  await publish(world, 7, {});
  const ran = await world.run(['import', 'v1-30-eks-*', '!*-7', '--output', 'some']);
  assert.is(ran.code, 0, ran.stderr);
  const [fifth, sixth] = [5, 6].map((number) => `v1-30-eks-${number}.lock.yaml`);
  assert.equal(readdirSync(join(world.root, 'some')).sort(), [fifth, sixth]);
  const none = await world.run(['import', '!v1-31-*', '--output', 'none']);
  assert.is(none.code, 2);
  assert.match(none.stderr, 'There is no release "v1-31-*".');
});

test('a source tag that moved is an error that shows both commits, and the lock stays', async ({ world }) => {
  const before = readFileSync(lockPath(world), 'utf8');
  const { commit } = project(lockOf(world), 'org/tool');
  const [moved = ''] = await addCommits(join(world.folder, 'git', 'org', 'tool.git'), [
    { files: { moved: 'yes' }, lightweightTags: ['v1.0.0'] },
  ]);
  const ran = await world.run(['import', release]);
  assert.is(ran.code, 2);
  assert.is(ran.stdout, '');
  assert.match(
    ran.stderr,
    `Tag v1.0.0 of https://git.example/org/tool.git points at ${moved}, the lock says ${commit}.`,
  );
  assert.is(readFileSync(lockPath(world), 'utf8'), before);
});

test("upstream's own tag may move: the lock follows, and it is said", async ({ world }) => {
  const old = lockOf(world).upstream.tag?.commit;
  const [moved = ''] = await addCommits(join(world.folder, 'git', 'upstream.git'), [
    { files: { 'Common.mk': 'new\n' }, tags: [release], date: '2024-06-01T00:00:00Z' },
  ]);
  rmSync(join(world.cache, 'git'), { recursive: true });
  const ran = await world.run(['import', release]);
  assert.match(ran.stdout, `upstream's own tag v1-30-eks-5 has moved from ${old} to ${moved}\n`);
  assert.match(
    ran.stdout,
    "the tag's tree differs from the release commit's in 1 build input:\n    added Common.mk\n",
  );
  assert.is(lockOf(world).upstream.tag?.commit, moved);
  assert.is(project(lockOf(world), 'org/kit').tag, 'v2.0.0');
});

test('a lock that was edited by hand is replaced, and it is said', async ({ world }) => {
  const before = readFileSync(lockPath(world), 'utf8');
  writeFileSync(lockPath(world), before.replace('tag: v1.0.0', 'tag: v1.0.9'));
  const ran = await world.run(['import', release]);
  assert.is(ran.code, 0);
  assert.match(
    ran.stdout,
    'the lock that was there could not be read (line 4: the lock was edited by hand) and was replaced\n',
  );
  assert.is(readFileSync(lockPath(world), 'utf8'), before);
});

test('a link in the way is refused and not followed', async ({ world }) => {
  const target = join(world.folder, 'precious');
  writeFileSync(target, 'keep me');
  mkdirSync(join(world.root, 'out'));
  symlinkSync(target, join(world.root, 'out', `${release}.lock.yaml`));
  const ran = await world.run(['import', release, '--output', 'out']);
  assert.is(ran.code, 2);
  assert.match(ran.stderr, /"v1-30-eks-5\.lock\.yaml" in .* is a symbolic link; it was not used\./);
  assert.is(readFileSync(target, 'utf8'), 'keep me');
  assert.ok(lstatSync(join(world.root, 'out', `${release}.lock.yaml`)).isSymbolicLink());
});

test('a file where the folder should be is refused', async ({ world }) => {
  writeFileSync(join(world.root, 'out'), 'a file');
  const ran = await world.run(['import', release, '--output', 'out']);
  assert.is(ran.code, 2);
  assert.match(ran.stderr, '"out" in');
  assert.match(ran.stderr, 'is no folder; it was not used.');
});

test('a checksum line that is no checksum is complained of where it stands; nothing is written', async ({
  world,
}) => {
  const id = await publish(world, 6, { 'projects/org/tool/1-30/CHECKSUMS': '\nno checksum\n' });
  const ran = await world.run(['import', 'v1-30-eks-6']);
  assert.is(ran.code, 2);
  const place = `${id.slice(0, 12)}:projects/org/tool/1-30/CHECKSUMS:2:1`;
  assert.match(
    ran.stderr,
    `${place}: error: this line is no checksum of a built file\n    no checksum\n    ~~~~~~~~~~~\n`,
  );
  assert.equal(readdirSync(join(world.root, 'releases')), [`${release}.lock.yaml`]);
});

test('--all imports what it can, says what it cannot, and sums up', async ({ world }) => {
  await publish(world, 6, { 'projects/org/tool/1-30/CHECKSUMS': 'no checksum\n' });
  await publish(world, 7, {
    'projects/org/tool/1-30/CHECKSUMS': null,
    'projects/org/kit/Makefile': 'BUILD_ARTIFACTS?=false\n',
  });
  const ran = await world.run(['import', '--all', '--output', 'all']);
  assert.is(ran.code, 2);
  assert.match(ran.stderr, /^v1-30-eks-6: [0-9a-f]{12}:projects/);
  assert.equal(readdirSync(join(world.root, 'all')).sort(), [
    'v1-30-eks-5.lock.yaml',
    'v1-30-eks-7.lock.yaml',
  ]);
  assert.equal(ran.stdout.split('\n').slice(0, 8), [
    'branch  releases  with CHECKSUMS  files  built  unchecked  copied  kubernetes built',
    '1-30           2               2     12      8          0       4  never',
    'all            2               2     12      8          0       4',
    '',
    '0 without a tag',
    '0 without a release commit: read from the tag',
    '0 whose tag has other build inputs than the release commit',
    '0 patches whose content the repository lacks',
  ]);
  const single = await world.run(['import', 'v1-30-eks-7', '--output', 'one']);
  assert.is(single.code, 0);
  const bytes = ['all', 'one'].map((folder) =>
    readFileSync(join(world.root, folder, 'v1-30-eks-7.lock.yaml'), 'utf8'),
  );
  assert.is(bytes[0], bytes[1]);
});

test("the builder image's Go is read from the build tooling, fetched once it is needed", async ({
  world,
}) => {
  await createRepository(join(world.folder, 'git', 'build-tooling.git'), {
    commits: [
      {
        files: { 'builder-base/versions.yaml': 'GOLANG_VERSION_120: 1.20.5-1\n' },
        date: '2024-04-01T00:00:00Z',
      },
      {
        files: { 'builder-base/versions.yaml': 'GOLANG_VERSION_120: 1.20.6-1\n' },
        date: '2024-07-01T00:00:00Z',
      },
    ],
  });
  assert.is((await world.run(['import', release])).code, 0);
  const lock = lockOf(world);
  assert.is(lock.buildTooling?.state, 'read');
  assert.equal(
    project(lock, 'org/tool').go?.others.map((other) => other.version),
    ['1.20.5'],
  );
  const before = readFileSync(lockPath(world), 'utf8');
  rmSync(join(world.folder, 'git', 'build-tooling.git'), { recursive: true });
  await world.run(['import', release]);
  assert.is(readFileSync(lockPath(world), 'utf8'), before);
});

const wrong: readonly (readonly [words: readonly string[], message: string])[] = [
  [[], 'No release was named.'],
  [[release, '--all'], 'Either name releases, or say --all.'],
];
for (const [words, message] of wrong) {
  test(`import ${words.join(' ')}: ${message}`, async ({ world }) => {
    const ran = await world.run(['import', ...words]);
    assert.equal([ran.code, ran.stderr.split('\n')[0]], [2, message]);
  });
}

test('an interrupted import writes nothing', async ({ world }) => {
  const before = readFileSync(lockPath(world), 'utf8');
  const ran = await world.run(['import', release], { signal: AbortSignal.abort() });
  assert.is(ran.code, 130);
  assert.is(readFileSync(lockPath(world), 'utf8'), before);
});

test('an import that is interrupted while it asks for source tags writes nothing', async ({ world }) => {
  const interruption = new AbortController();
  const stderr = {
    ...world.host.stderr,
    isTerminal: true,
    draw: (text: string) => void (text.includes('1 of 1') && interruption.abort()),
  };
  const { main } = await import('../../orchestrator/main.ts');
  const code = await main(['import', '--all', '--output', 'out'], {
    ...world.host,
    stderr,
    signal: interruption.signal,
  });
  assert.is(code, 130);
  assert.not.ok(existsSync(join(world.root, 'out')));
});

test('a release that is not in the clone is not called unknown while upstream is out of reach', async ({
  world,
}) => {
  rmSync(join(world.folder, 'git'), { recursive: true });
  const ran = await world.run(['import', 'v1-30-eks-6']);
  assert.is(ran.code, 4);
  assert.match(ran.stderr, /^v1-30-eks-6: .* is not in https:\/\/git\.example\/upstream\.git/);
});

test.run();
