import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as assert from 'uvu/assert';
import { readImageTree } from '../../../orchestrator/oci/image/image-tree.ts';
import { ociDigestOf } from '../../../orchestrator/oci/image/layout.ts';
import { type ImageToPush, type PushRules, planPush } from '../../../orchestrator/oci/push/plan.ts';
import { pushImages } from '../../../orchestrator/oci/push/push.ts';
import { readRegistryState } from '../../../orchestrator/oci/push/state.ts';
import { writeImageLayout } from '../../rig/image-layout.ts';
import { suite } from '../../rig/suite.ts';
import { closeFakes } from '../registry/fake-registry.ts';
import { type MemoryRegistry, memoryRegistry } from '../registry/memory-registry.ts';
import { failureOf, openTestRegistry, unwrap } from '../registry/rig.ts';

const test = suite<{ folder: string }>('a plan and its push');
test.before.each((context) => {
  context.folder = mkdtempSync(join(tmpdir(), 'push-'));
});
test.after.each(({ folder }) => {
  closeFakes();
  rmSync(folder, { recursive: true });
});

const base = { path: 'etc/base', content: 'base'.repeat(1000) };

async function toPush(
  folder: string,
  repository: string,
  content: string,
  tags = ['1'],
): Promise<ImageToPush> {
  const place = join(folder, `${repository.replaceAll('/', '-')}-${content}`);
  const layers = [[base], [{ path: 'program', content }]];
  writeImageLayout(place, { layers }, { layers, architecture: 'arm64' });
  return { repository, tags, tree: unwrap(await readImageTree(place)), unverified: [] };
}

async function push(
  server: MemoryRegistry,
  images: readonly ImageToPush[],
  rules: PushRules = { overwrite: false },
) {
  const { registry } = openTestRegistry(server.host);
  const plan = planPush(server.host, images, unwrap(await readRegistryState(registry, images)), rules);
  return { plan, done: await pushImages(registry, plan, images) };
}

/** What was written: `PUT` without host and upload. */
function writes(server: MemoryRegistry): readonly string[] {
  return server.lines().filter((line) => !/^(GET|HEAD) /.test(line));
}

test('a plan says what goes up, what is mounted from where, what is there', async ({ folder }) => {
  const images = [await toPush(folder, 'p/a', 'x'), await toPush(folder, 'p/b', 'y', ['1', 'latest'])];
  const [a, b] = images.map(({ tree }) => tree);
  const layer = a?.images[0]?.manifest.layers[0];
  assert.ok(a && b && layer);
  const fresh = planPush('r', images, { present: new Set(), tags: new Map() }, { overwrite: false });
  const moved = fresh.blobs.find(({ descriptor }) => descriptor.digest === layer.digest);
  assert.equal(moved?.moves, [
    { repository: 'p/a', from: undefined },
    { repository: 'p/b', from: 'p/a' },
  ]);
  assert.equal(fresh.images[1]?.bytes.mount, layer.size);
  assert.equal(
    fresh.images[1]?.documents.map(({ digest }) => digest),
    b.documents.map(({ digest }) => digest),
  );
  assert.equal(fresh.images[1]?.tags, [
    { tag: '1', state: 'new', there: undefined },
    { tag: 'latest', state: 'new', there: undefined },
  ]);

  const present = new Set([`p/b@${layer.digest}`, `p/b@${b.documents[0]?.digest}`]);
  const tags = new Map([
    ['p/b:1', b.descriptor.digest],
    ['p/b:latest', a.descriptor.digest],
  ]);
  const later = planPush('r', images, { present, tags }, { overwrite: true });
  const again = later.blobs.find(({ descriptor }) => descriptor.digest === layer.digest);
  assert.equal(again?.moves, [{ repository: 'p/a', from: 'p/b' }]);
  assert.equal(later.images[1]?.bytes.present, layer.size);
  assert.is(later.images[1]?.documents.length, 2);
  assert.equal(
    later.images[1]?.tags.map(({ state }) => state),
    ['same', 'other'],
  );
  assert.equal(later.refusals, []);
  const { upload, mount, present: there } = later.bytes;
  const all = images.flatMap(({ tree }) => tree.blobs).reduce((sum, { size }) => sum + size, 0);
  assert.is(upload + mount + there, all);
});

test('what is not identical is refused, unless its verdict is allowed for a reason', async ({ folder }) => {
  const image = await toPush(folder, 'p/a', 'x');
  const unverified = [
    { file: '/coredns', verdict: 'different' },
    { file: '/other', verdict: 'no-expectation' },
  ];
  const server = await memoryRegistry();
  const refused = failureOf((await push(server, [{ ...image, unverified }])).done);
  assert.match(JSON.stringify(refused), 'holds /coredns (different), /other (no-expectation)');
  const some = { overwrite: false, allow: { verdicts: ['different'], reason: 'a patch of ours' } };
  const rest = await push(server, [{ ...image, unverified }], some);
  assert.equal(rest.plan.refusals, [{ kind: 'unverified', repository: 'p/a', files: unverified.slice(1) }]);
  assert.equal(writes(server), []);
  const all = {
    overwrite: false,
    allow: { verdicts: ['different', 'no-expectation'], reason: 'a patch of ours' },
  };
  const record = unwrap((await push(server, [{ ...image, unverified }], all)).done);
  assert.equal(record.images[0]?.allowed, { files: unverified, reason: 'a patch of ours' });
});

test('one tag cannot stand for two images', async ({ folder }) => {
  const images = [await toPush(folder, 'p/a', 'x'), await toPush(folder, 'p/a', 'y')];
  const server = await memoryRegistry();
  assert.match(
    JSON.stringify(failureOf((await push(server, images)).done)),
    'p/a:1 would stand for two images',
  );
  assert.equal(writes(server), []);
});

test('two images in one repository share what is the same, and count it once', async ({ folder }) => {
  const images = [await toPush(folder, 'p/a', 'x', ['x']), await toPush(folder, 'p/a', 'y', ['y'])];
  const server = await memoryRegistry();
  const { plan, done } = await push(server, images);
  const { images: pushed } = unwrap(done);
  assert.equal(
    pushed.map(({ bytes }) => bytes),
    plan.images.map(({ bytes }) => bytes),
  );
  assert.is(server.lines().filter((line) => line.startsWith('POST ')).length, plan.blobs.length);
  assert.is(server.tags.get('p/a:y'), images[1]?.tree.descriptor.digest);
});

test('a mount that the registry does not grant is counted as the upload that it became', async ({
  folder,
}) => {
  const images = [await toPush(folder, 'p/a', 'x'), await toPush(folder, 'p/b', 'y')];
  const server = await memoryRegistry(({ path }) => {
    return path.includes('mount=')
      ? { status: 202, headers: { location: '/v2/p/b/blobs/uploads/2' } }
      : undefined;
  });
  const { plan, done } = await push(server, images);
  const { bytes } = unwrap(done).images[1] ?? {};
  assert.ok(plan.bytes.mount > 0);
  assert.equal(bytes, {
    upload: (plan.images[1]?.bytes.upload ?? 0) + plan.bytes.mount,
    mount: 0,
    present: 0,
  });
});

test('a tag that someone moves between plan and push stays as they want it', async ({ folder }) => {
  const image = await toPush(folder, 'p/a', 'x');
  let isPlanned = false;
  const theirs = ociDigestOf('theirs');
  const server = await memoryRegistry(({ method, path }) => {
    if (method === 'POST') isPlanned = true;
    if (!isPlanned || method !== 'HEAD' || !path.endsWith('/manifests/1')) return undefined;
    return { status: 200, headers: { 'docker-content-digest': theirs } };
  });
  const failure = failureOf((await push(server, [image], { overwrite: true })).done);
  assert.match(JSON.stringify(failure), `p/a:1 moved to ${theirs} during the push`);
  assert.not.ok(writes(server).includes('PUT /v2/p/a/manifests/1'));
});

test('whatever fails, nothing that is written names what is not there', async ({ folder }) => {
  const images = [await toPush(folder, 'p/a', 'x'), await toPush(folder, 'p/b', 'y')];
  const whole = await memoryRegistry();
  unwrap((await push(whole, images)).done);
  const total = writes(whole).length;
  for (let at = 0; at < total; at += 2) {
    let written = 0;
    const server = await memoryRegistry(({ method }) => {
      if (method === 'GET' || method === 'HEAD') return undefined;
      written += 1;
      return written > at ? { status: 403 } : undefined;
    });
    assert.is(failureOf((await push(server, images)).done).reason, 'usage');
    for (const [key, content] of server.content) assertWhole(server, key, content);
    for (const [name, digest] of server.tags) {
      const repository = name.replace(/:.*/, '');
      assert.ok(server.content.has(`${repository}@${digest}`), name);
      for (const { repository: each, tree } of images) {
        assert.ok(server.content.has(`${each}@${tree.descriptor.digest}`), `${name} before ${each} is whole`);
      }
    }
  }
});

/** All that a manifest or index names is in the same repository. */
function assertWhole(server: MemoryRegistry, key: string, content: Buffer): void {
  const [repository, digest = ''] = key.split('@');
  if (!server.types.has(digest)) return;
  const { manifests = [], config, layers = [] } = JSON.parse(content.toString());
  for (const named of [...manifests, ...(config === undefined ? [] : [config]), ...layers]) {
    assert.ok(server.content.has(`${repository}@${named.digest}`), `${key} names ${named.digest}`);
  }
}

test.run();
