import { generateKeyPairSync } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as assert from 'uvu/assert';
import { forgetGoCalls, goCalls } from '../rig/fake-go.ts';
import type { Ran } from '../rig/host.ts';
import { filesIn } from '../rig/publish-world.ts';
import { endsOf, reportOf, verdictsOf } from '../rig/report.ts';
import { suite } from '../rig/suite.ts';
import { type World, warmWorld } from '../rig/world.ts';
import { release } from '../rig/world-content.ts';

/** Machines with caches of their own, which share a folder. */
const test = suite<{ world: World; shared: string; verdicts: readonly string[] }>('a shared store');

test.before(async (context) => {
  const world = await warmWorld();
  context.world = world;
  context.shared = join(world.folder, 'shared');
  context.verdicts = verdictsOf(reportOf(world, release));
});

/** Verifies with a cache of that name, and more settings of the store. */
async function verify(world: World, cache: string, more = '', ...words: readonly string[]): Promise<Ran> {
  writeFileSync(
    join(world.root, 'shared.yaml'),
    `store:\n  remote: ${join(world.folder, 'shared')}\n${more.replace(/^(?=.)/gm, '  ')}`,
  );
  forgetGoCalls(world.folder);
  const folder = cache === '' ? world.cache : join(world.folder, cache);
  return world.run(['verify', release, '--settings', 'shared.yaml', ...words], {
    env: { ...world.host.env, EKSD_REBUILD_CACHE: folder },
  });
}

/** Calls that build something: what planning asks a go for does not count. */
const buildsIn = (world: World): readonly string[] =>
  goCalls(world.folder).filter((call) => / (build|list|mod) /.test(` ${call} `));

test('a folder that is not there is not made', async ({ world, shared }) => {
  const ran = await verify(world, '');
  assert.is(ran.code, 2);
  assert.match(ran.stderr, `The shared store ${shared} (store.remote) is not there.`);
});

test('who only reads writes nothing, and says that there is none', async ({ world, shared, verdicts }) => {
  mkdirSync(shared);
  const ran = await verify(world, '', 'write: false\n');
  assert.is(ran.code, 0, ran.stderr);
  assert.match(ran.stderr, `There is no shared store in ${shared} yet, and nothing is written there.`);
  assert.equal([...filesIn(shared).keys()], []);
  assert.equal(verdictsOf(reportOf(world, release)), verdicts);
});

test('a warm machine brings what it has; another with nothing builds nothing, and says the same', async ({
  world,
  shared,
  verdicts,
}) => {
  const first = await verify(world, '');
  assert.is(first.code, 0, first.stderr);
  assert.match(
    first.stderr,
    /Shared store .*shared: took 0 results \(0\.0 MiB\), brought 10 results \([0-9.]+ MiB\)\./,
  );
  assert.not.ok([...filesIn(shared).keys()].some((name) => /^(leases|tmp)\//.test(name)));
  const second = await verify(world, 'second');
  assert.is(second.code, 0, second.stderr);
  assert.equal(buildsIn(world), []);
  // What nobody looks at stays there: the toolchain, sources, modules.
  const programs = endsOf(reportOf(world, release)).filter((end) => end.startsWith('go-build ')).length;
  assert.ok(programs > 0 && programs < 10, `${programs} of 10`);
  assert.match(second.stderr, new RegExp(`took ${programs} results \\([0-9.]+ MiB\\), brought 0 results`));
  assert.equal(verdictsOf(reportOf(world, release)), verdicts);
  assert.equal(
    new Set(endsOf(reportOf(world, release)).map((end) => end.split(' ').at(-1))),
    new Set(['cached']),
  );
  const third = await verify(world, 'second');
  assert.is(third.stderr.includes('Shared store'), false, third.stderr);
});

test('two machines with nothing, one after the other: the first builds, the second does not', async ({
  world,
  shared,
  verdicts,
}) => {
  rmSync(shared, { recursive: true });
  mkdirSync(shared);
  const first = await verify(world, 'cold');
  assert.is(first.code, 0, first.stderr);
  assert.ok(buildsIn(world).length > 0);
  const second = await verify(world, 'colder');
  assert.is(second.code, 0, second.stderr);
  assert.equal(buildsIn(world), []);
  assert.equal(verdictsOf(reportOf(world, release)), verdicts);
});

test('what is there counts for a plan, which brings nothing here or there', async ({ world, shared }) => {
  const env = { ...world.host.env, EKSD_REBUILD_CACHE: join(world.folder, 'looking') };
  const look = (...words: readonly string[]) => world.run([...words, '--settings', 'shared.yaml'], { env });
  const before = filesIn(shared);
  const planned = await look('plan', release);
  const shown = await look('plan', release, '--commands');
  assert.match(shown.stdout, '-trimpath');
  assert.equal([planned.code, planned.stderr], [0, '']);
  assert.match(planned.stdout, '10 tasks, 10 cached, 0 to do\n');
  assert.not.ok(existsSync(join(world.folder, 'looking')));
  assert.equal(filesIn(shared), before);
  writeFileSync(join(world.root, 'shared.yaml'), '{}\n');

  assert.match((await look('plan', release)).stdout, '10 tasks, 0 cached, 10 to do\n');
});

test('a damaged object is named, and costs a build; check and gc tell what is so', async ({
  world,
  shared,
  verdicts,
}) => {
  const chunks = [...filesIn(shared)].filter(([name]) => name.startsWith('chunks/'));
  for (const [name, bytes] of chunks) writeFileSync(join(shared, name), bytes.fill(7, bytes.length >> 1));
  const check = (...words: readonly string[]) => world.run(['cache', ...words, '--settings', 'shared.yaml']);
  const ran = await verify(world, 'third');
  assert.is(ran.code, 0, ran.stderr);
  assert.match(ran.stderr, /In the shared store, chunks\/.*: it counts as not there\./);
  assert.equal(verdictsOf(reportOf(world, release)), verdicts);
  const damaged = await check('check', '--remote');
  const sound = await check('check', '--remote');
  assert.is(sound.code, 0, damaged.stdout + sound.stdout);
  assert.match(
    sound.stdout,
    /^Looked at [0-9]+ results, [0-9]+ trees and .*|Everything is as it was written/,
  );
  const gc = await check('gc', '--remote');
  assert.is(gc.code, 0, gc.stderr);
  assert.match(
    gc.stdout,
    /^Removed 0 results, 0 trees, 0 chunks, 0 documents, 0 left-overs\.\nFreed 0\.0 MiB, kept [0-9.]+ MiB\.\n/,
  );
  const idle = await check('gc', '--remote', '--max-size', '1');
  assert.is(idle.code, 2);
  writeFileSync(join(world.root, 'shared.yaml'), 'store: { write: false }\n');
  assert.match((await check('check', '--remote')).stderr, 'The settings name no store that is shared.');
});

test('only what a trusted key signed is taken', async ({ world, shared, verdicts }) => {
  rmSync(shared, { recursive: true });
  mkdirSync(shared);
  const keyOf = (name: string): void => {
    const { privateKey, publicKey } = generateKeyPairSync('ed25519');
    writeFileSync(join(world.root, `${name}.key`), privateKey.export({ format: 'pem', type: 'pkcs8' }));
    writeFileSync(join(world.root, `${name}.pub`), publicKey.export({ format: 'pem', type: 'spki' }));
  };
  keyOf('one');
  keyOf('other');
  const signed = await verify(world, '', 'sign: one.key\n');
  assert.is(signed.code, 0, signed.stderr);
  assert.match(signed.stderr, 'brought 10 results');

  const trusting = await verify(world, 'trusting', 'trust: [other.pub, one.pub]\n');
  assert.is(trusting.code, 0, trusting.stderr);
  assert.equal(buildsIn(world), []);
  assert.match(trusting.stderr, /took [1-9] results/);
  const doubting = await verify(world, 'doubting', 'trust: [other.pub]\n');
  assert.is(doubting.code, 0, doubting.stderr);
  assert.ok(buildsIn(world).length > 0);
  assert.not.match(doubting.stderr, 'Shared store');

  // What another signed lies where the trusted one's would.
  const results = [...filesIn(shared)].filter(([name]) => name.startsWith('results/'));
  const [, own = ''] = /\.([0-9a-f]{64})$/.exec(results[0]?.[0] ?? '') ?? [];
  rmSync(shared, { recursive: true });
  mkdirSync(shared);
  await verify(world, '', 'sign: other.key\n');
  for (const [name] of filesIn(shared)) {
    if (!name.startsWith('results/')) continue;
    const bytes = readFileSync(join(shared, name));
    writeFileSync(join(shared, name.replace(/\.[0-9a-f]{64}$/, `.${own}`)), bytes);
  }
  const fooled = await verify(world, 'fooled', 'trust: [one.pub]\n');
  assert.is(fooled.code, 0, fooled.stderr);
  assert.ok(buildsIn(world).length > 0);
  assert.match(fooled.stderr, /results\/.* is not signed by .*one\.pub: it counts as not there/);
  assert.equal(verdictsOf(reportOf(world, release)), verdicts);
});

test('cache policy of a folder, or of no store, says why there is none', async ({ world }) => {
  const policy = async (settings: string) => {
    writeFileSync(join(world.root, 'shared.yaml'), settings);
    const { code, stdout, stderr } = await world.run(['cache', 'policy', '--settings', 'shared.yaml']);
    assert.equal([code, stdout], [2, '']);
    return stderr;
  };
  assert.match(
    await policy('store: { remote: /srv/shared }\n'),
    'The shared store is a folder, /srv/shared: a policy is of a bucket.',
  );
  assert.match(
    await policy('{}\n'),
    'The settings name no store that is shared.\nName one as "store.remote"',
  );
});

test('cache policy prints what S3 has to allow, each use as much as it needs', async ({ world }) => {
  const actions = async (settings: string, ...words: readonly string[]) => {
    writeFileSync(join(world.root, 'shared.yaml'), `store: { remote: "s3://builds/shared", ${settings} }\n`);
    const ran = await world.run(['cache', 'policy', '--settings', 'shared.yaml', ...words]);
    assert.is(ran.code, 0, ran.stderr);
    const { Statement } = JSON.parse(ran.stdout) as { Statement: { Action: string[]; Resource: string[] }[] };
    return Statement.flatMap(({ Action, Resource }) =>
      Action.map((action) => `${action} ${Resource.join(' ')}`),
    ).sort();
  };
  const bucket = 'arn:aws:s3:::builds';
  const read = [`s3:GetObject ${bucket}/shared/*`, `s3:ListBucket ${bucket}`];
  assert.equal(await actions('write: false'), read);
  const more = [
    `s3:AbortMultipartUpload ${bucket}/shared/*`,
    `s3:DeleteObject ${bucket}/shared/leases/*`,
    `s3:PutObject ${bucket}/shared/*`,
  ];
  assert.equal(await actions('write: true'), [...read, ...more].sort());
  assert.ok((await actions('write: true', '--gc')).includes(`s3:ListBucketMultipartUploads ${bucket}`));
});

test.run();
