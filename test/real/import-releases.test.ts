import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as assert from 'uvu/assert';
import { addCommits } from '../rig/repository.ts';
import { suite } from '../rig/suite.ts';
import { newWorld, publish, type World } from '../rig/world.ts';

const test = suite<{ world: World }>('releases');

test.before.each(async (context) => {
  context.world = await newWorld();
  await publish(context.world, 6, {
    'projects/kubernetes/kubernetes/1-30/GIT_TAG': 'v1.30.1\n',
    'projects/org/kit/1-30/Overrides.mk': 'SKIP_CHECKSUM_VALIDATION=true\n',
  });
  await addCommits(join(context.world.folder, 'git', 'upstream.git'), [
    { files: { 'release/1-30/production/RELEASE': '7\n' }, date: '2024-07-01T00:00:00Z' },
  ]);
});

test('lists what there is now, newest first, with what is comparable in each', async ({ world }) => {
  const ran = await world.run(['releases']);
  assert.equal([ran.code, ran.stderr], [0, '']);
  assert.equal(ran.stdout.split('\n'), [
    'release      date        kubernetes  comparable  all  lock  tag',
    'v1-30-eks-7  2024-07-01  v1.30.1              3    7        none',
    'v1-30-eks-6  2024-06-01  v1.30.1              3    7',
    'v1-30-eks-5  2024-05-01                       7    7  yes',
    '',
  ]);
});

test('--offline lists what the clone has; --json has it all', async ({ world }) => {
  const ran = await world.run(['releases', '--offline', '--json']);
  assert.is(ran.code, 0);
  assert.equal(JSON.parse(ran.stdout), {
    schema: 1,
    releases: [
      {
        release: 'v1-30-eks-5',
        date: '2024-05-01T10:00:00Z',
        kubernetes: null,
        comparable: 7,
        files: 7,
        tagged: true,
        locked: true,
      },
    ],
  });
});

test('without a clone and without a network, the locks at hand are listed', async ({ world }) => {
  rmSync(join(world.cache, 'git'), { recursive: true });
  rmSync(join(world.folder, 'git'), { recursive: true });
  const before = await world.run(['releases', '--offline']);
  assert.is(before.code, 0);
  assert.match(before.stderr, 'There is no clone of https://git.example/upstream.git in the cache.');
  assert.match(before.stdout, /\nv1-30-eks-5 {2}2024-05-01 +7 +7 +yes\n$/);
  const online = await world.run(['releases']);
  assert.is(online.stdout, before.stdout);
  assert.match(online.stderr, 'Only releases whose lock is at hand are listed.');
  rmSync(join(world.root, 'releases'), { recursive: true });
  assert.is((await world.run(['releases', '--offline'])).code, 2);
});

test('with a clone and without a network, the list is as old as the clone, and it is said', async ({
  world,
}) => {
  rmSync(join(world.folder, 'git'), { recursive: true });
  const ran = await world.run(['releases']);
  assert.is(ran.code, 0);
  assert.match(ran.stderr, 'The list is as old as the clone in the cache.\n');
  assert.match(ran.stdout, /^release.*\nv1-30-eks-5 .*\n$/);
});

test('a release that cannot be read is said, and the rest listed', async ({ world }) => {
  await publish(world, 8, { 'projects/org/tool/1-30/CHECKSUMS': 'no checksum\n' });
  const ran = await world.run(['releases']);
  assert.is(ran.code, 2);
  assert.match(ran.stderr, /^v1-30-eks-8: .*CHECKSUMS:1:1: error: this line is no checksum/);
  assert.match(ran.stdout, /\nv1-30-eks-7 /);
  assert.not.match(ran.stdout, /v1-30-eks-8/);
});

test('a lock that cannot be read is left out', async ({ world }) => {
  writeFileSync(join(world.root, 'releases', 'v1-30-eks-3.lock.yaml'), 'schema: 1\n');
  const ran = await world.run(['releases']);
  assert.is(ran.code, 0);
  assert.not.match(ran.stdout, /v1-30-eks-3/);
});

test.run();
