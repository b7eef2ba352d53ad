import { cpSync, existsSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import * as assert from 'uvu/assert';
import { renderBaseLock } from '../../orchestrator/config/base/base-lock-file.ts';
import { asDigest } from '../../orchestrator/core/digest.ts';
import { suite } from '../rig/suite.ts';
import { newWorld, type World, writeFiles } from '../rig/world.ts';

/** `base build` where nothing can be made. What is made is in test/real/base-commands.test.ts. */
const test = suite<{ world: World }>('base images that cannot be made');
const dockerfile = fileURLToPath(new URL('../../base-images/Dockerfile', import.meta.url));

const lock = (image: string, distribution: 'al2' | 'al2023', keys: readonly string[] = []): string =>
  renderBaseLock({
    ...{ image, distribution, repositories: [], packages: { x86_64: [], aarch64: [] } },
    keys: keys.map((id) => ({ id, sha256: asDigest('0'.repeat(64)) })),
  });

test.before(async (context) => {
  const world = await newWorld();
  context.world = world;
  writeFiles(join(world.root, 'base-images'), {
    'small/base-image.yaml': 'schema: 1\ndescription: small\ndistributions: { al2: {} }\n',
    'small/al2.lock.yaml': lock('small', 'al2'),
    'other/base-image.yaml': 'schema: 1\ndescription: other\ndistributions: { al2023: {} }\n',
    'keyed/base-image.yaml': 'schema: 1\ndescription: keyed\ndistributions: { al2: {} }\n',
    'keyed/al2.lock.yaml': lock('keyed', 'al2', ['01234567-89abcdef']),
  });
  cpSync(dockerfile, join(world.root, 'base-images/Dockerfile'));
});

test('wrong names, platforms and places are told before anybody is asked: 2', async ({ world }) => {
  writeFiles(world.folder, { 'full/kept': '' });
  const cases: readonly (readonly [readonly string[], string])[] = [
    [['smal'], 'There is no base image "smal". Nearest: small.'],
    [['other'], 'There is no base image "other". The base images on al2 are keyed, small.'],
    [['other', '--distribution', 'al2023'], 'The base image other has no lock on al2023.'],
    [['keyed'], 'The lock of keyed on al2 has the key 01234567-89abcdef, which the settings do not name'],
    [['small', '--platform', 'windows/amd64'], 'There is no platform "windows/amd64".'],
    [['small', '--output', '../full'], '../full is not empty.'],
    [['!small', '!keyed'], 'NAME leaves nothing: from keyed, small it subtracts !small, !keyed.'],
    [['small', '--platform', '!linux/*'], '--platform leaves nothing: from linux/amd64, linux/arm64 it'],
  ];
  for (const [words, said] of cases) {
    const { code, stderr } = await world.run(['base', 'build', ...words]);
    assert.equal([words, code], [words, 2], stderr);
    assert.match(stderr, said);
  }
});

test('the image with the rpm is out of reach: 4, and nothing is laid out', async ({ world }) => {
  const { code, stderr } = await world.run(['base', 'build', 'small', '--output', '../laid']);
  assert.is(code, 4, stderr);
  assert.match(stderr, 'The network failed');
  assert.not.ok(existsSync(join(world.folder, 'laid')));
});

test('one that is wrong takes no other with it: each is tried, each is told, and the gravest wins', async ({
  world,
}) => {
  const built = await world.run(['base', 'build', 'keyed', 'small']);
  assert.is(built.code, 2);
  assert.match(
    built.stderr,
    'The lock of keyed on al2 has the key 01234567-89abcdef, which the settings do not',
  );
  assert.match(built.stdout + built.stderr, 'The network failed');
  const refreshed = await world.run(['base', 'refresh', 'other', 'small']);
  assert.is(refreshed.code, 2);
  assert.match(refreshed.stderr, 'other is not made on al2.');
  assert.match(refreshed.stderr, /The network failed|Cannot fetch/);
  writeFiles(join(world.root, 'base-images'), { 'keyed/al2.lock.yaml': 'torn\n' });
  const checked = await world.run(['base', 'check', 'keyed', 'small']);
  assert.is(checked.code, 2);
  assert.match(checked.stderr, 'keyed/al2.lock.yaml');
  assert.match(checked.stderr, /The network failed|Cannot fetch/);
});

test.run();
