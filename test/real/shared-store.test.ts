import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import * as assert from 'uvu/assert';
import type { Digest } from '../../orchestrator/core/digest.ts';
import { openStore } from '../../orchestrator/store/open-store.ts';
import { checkRemote } from '../../orchestrator/store/remote/check.ts';
import { claimPlace } from '../../orchestrator/store/remote/claim-place.ts';
import { collectRemote } from '../../orchestrator/store/remote/gc.ts';
import type { RemotePlace } from '../../orchestrator/store/remote/place.ts';
import { type Sharing, sharedStore } from '../../orchestrator/store/remote/shared.ts';
import { type Fault, makeBucket, type Storage, type StorageCall, startStorage } from '../rig/s3.ts';
import { placeIn } from '../rig/shared-places.ts';
import { suite } from '../rig/suite.ts';
import { type Files, must, storeOptions, type TestStore } from '../store/fixture.ts';
import { contentOf, recordTree } from '../store/remote/fixture.ts';

interface Context {
  readonly folder: string;
  readonly storage: Storage;
  fault: (call: StorageCall) => Fault;
}

/** S3 as moto has it, with what goes wrong between. */
const test = suite<Context>('a store that is shared in S3');

/** One that goes in parts, one that goes whole, and small ones that go together. */
const files: Files = {
  'bin/tool': `*${randomBytes(9_000_000).toString('latin1')}`,
  'bin/other': `*${randomBytes(1_200_000).toString('latin1')}`,
  'docs/one': 'one',
  'docs/two': 'two',
};

test.before(async (context, defer) => {
  const folder = mkdtempSync(join(tmpdir(), 'shared-s3-'));
  defer(() => rmSync(folder, { recursive: true }));
  const storage = await startStorage((call) => context.fault(call));
  defer(() => storage.stop());
  Object.assign(context, { folder, storage });
});

test.before.each(async (context) => {
  context.fault = () => undefined;
  await context.storage.ask({ service: 's3', path: '/moto-api/reset' });
  await makeBucket(context.storage, 'builds');
  context.storage.calls.length = 0;
});

let count = 0;

async function machine(
  { folder, storage }: Context,
  more: { readonly mayWrite?: boolean; readonly place?: RemotePlace } = {},
): Promise<TestStore & Sharing> {
  const { mayWrite = true, place = placeIn(storage.url, 'builds') } = more;
  count += 1;
  const local = must(await openStore(join(folder, `store-${count}`), storeOptions()));
  const signal = new AbortController().signal;
  return sharedStore(local, place, { mayWrite, seal: undefined, now: Date.now, signal });
}

async function assertHas(context: Context, key: Digest, tree: Digest, from: TestStore): Promise<void> {
  const reader = await machine(context, { mayWrite: false });
  assert.is((await reader.lookup(key))?.tree, tree, (await reader.settle()).complaints.join('\n'));
  assert.equal(contentOf(reader, tree), contentOf(from, tree));
}

test('a tree goes there in parts, whole and together, and comes back; a reader writes nothing', async (context) => {
  const { storage } = context;
  const place = placeIn(storage.url, 'builds');
  assert.is(must(await claimPlace(place, true)), 'there');
  const one = await machine(context);
  const { key, tree } = await recordTree(one, 'a', files);
  const { stored, complaints } = await one.settle();
  assert.equal([stored.results, complaints], [1, []]);
  assert.ok(storage.calls.some(({ query }) => query.get('partNumber') === '2'));
  storage.calls.length = 0;
  await assertHas(context, key, tree, one);
  assert.equal(new Set(storage.calls.map(({ method }) => method)), new Set(['GET']));
  // The result, the tree, and three chunks.
  assert.is(storage.calls.length, 5);
  assert.equal(must(await checkRemote(place, false)).damaged, []);
  const { kept, results } = must(
    await collectRemote(place, { keepDays: 1, now: Date.now, random: Math.random }),
  );
  assert.is(results, 0);
  assert.ok(kept > 10_000_000);
  await one.lookup(key);
  await one.settle();
  const gone = must(await collectRemote(place, { keepDays: 0, now: () => Date.now(), random: Math.random }));
  assert.is(gone.results + gone.waiting, 2);
});

const faults: Readonly<Record<string, (at: number) => Fault>> = {
  'answers 503 every third time': (at) => (at % 3 === 0 ? { status: 503, code: 'SlowDown' } : undefined),
  'gives half of every third answer': (at) => (at % 3 === 0 ? 'half an answer' : undefined),
  'cuts every fourth connection': (at) => (at % 4 === 0 ? 'cut' : undefined),
  'loses every fourth answer': (at) => (at % 4 === 0 ? 'answer lost' : undefined),
};

for (const [what, fault] of Object.entries(faults)) {
  test(`an S3 that ${what} is of the same use`, async (context) => {
    let at = 0;
    context.fault = () => {
      at += 1;
      return fault(at);
    };
    const one = await machine(context);
    const { key, tree } = await recordTree(one, 'a', files);
    const { complaints } = await one.settle();
    assert.equal(complaints, []);
    await assertHas(context, key, tree, one);
    assert.ok(at > 8);
  });
}

test('an S3 that never answers costs a complaint and no build', async (context) => {
  const one = await machine(context);
  const { key, tree } = await recordTree(one, 'a', files);
  await one.settle();
  context.fault = () => ({ status: 503, code: 'SlowDown' });
  const two = await machine(context);
  assert.is(await two.lookup(key), undefined);
  const made = await recordTree(two, 'a', files);
  assert.is(made.tree, tree);
  const { complaints } = await two.settle();
  assert.match(
    complaints.join('\n'),
    /Nothing is read from the shared store s3:\/\/builds\/shared for 15 seconds or more: /,
  );
});

test('credentials that may only read are of use, and named', async (context) => {
  const one = await machine(context);
  const { key, tree } = await recordTree(one, 'a', files);
  await one.settle();
  context.fault = ({ method }) =>
    method === 'GET' || method === 'HEAD' ? undefined : { status: 403, code: 'AccessDenied' };
  const two = await machine(context);
  assert.is((await two.lookup(key))?.tree, tree);
  for (const name of ['b', 'c', 'd']) await recordTree(two, name, { one: name });
  const { complaints, fetched, stored } = await two.settle();
  assert.equal([fetched.results, stored.results], [1, 0]);
  assert.is(complaints.length, 1, complaints.join('\n'));
  assert.match(complaints[0] ?? '', /Nothing is written to .* from here on: [\s\S]*"cache policy" prints/);
});

test('a writer that is killed leaves nothing that is half there', async (context) => {
  const { storage, folder } = context;
  const program = fileURLToPath(new URL('shared-writer.ts', import.meta.url));
  for (let kill = 0; kill < 2; kill += 1) {
    const words = ['--import', 'tsx', program, join(folder, `killed-${kill}`), storage.url, 'builds'];
    const child = spawn(process.execPath, words, { stdio: ['ignore', 'pipe', 'inherit'] });
    const ended = new Promise((resolve) => child.once('close', resolve));
    await Promise.race([new Promise((resolve) => child.stdout.once('data', resolve)), ended]);
    assert.is(child.exitCode, null);
    let left = 2 + Math.floor(Math.random() * 12);
    context.fault = ({ method }) => {
      left -= method === 'PUT' || method === 'POST' ? 1 : 0;
      if (left === 0) child.kill('SIGKILL');
      return undefined;
    };
    await ended;
    const report = must(await checkRemote(placeIn(storage.url, 'builds'), false));
    assert.equal(report.damaged, []);
    assert.ok(report.results > 0);
  }
});

test.run();
