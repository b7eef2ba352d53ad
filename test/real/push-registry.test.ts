import { randomBytes } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as assert from 'uvu/assert';
import { readImageTree } from '../../orchestrator/oci/image/image-tree.ts';
import { type ImageToPush, type PushRules, planPush } from '../../orchestrator/oci/push/plan.ts';
import { type PushRecord, pushImages } from '../../orchestrator/oci/push/push.ts';
import { readRegistryState } from '../../orchestrator/oci/push/state.ts';
import { getManifest, headManifest } from '../../orchestrator/oci/registry/manifests.ts';
import { pullImage, resolveTag } from '../../orchestrator/oci/registry/pull.ts';
import type { Registry } from '../../orchestrator/oci/registry/registry.ts';
import { failureOf, openTestRegistry, unwrap } from '../oci/registry/rig.ts';
import { type DockerRegistry, startDockerRegistry } from '../rig/docker-registry.ts';
import { type ImageContent, writeImageLayout } from '../rig/image-layout.ts';
import { skopeo } from '../rig/skopeo.ts';
import { suite } from '../rig/suite.ts';

const test = suite<{ folder: string; server: DockerRegistry }>('a push to a real registry');

test.before.each(async (context, defer) => {
  context.folder = mkdtempSync(join(tmpdir(), 'push-'));
  defer(() => rmSync(context.folder, { recursive: true }));
  context.server = await startDockerRegistry({ folder: join(context.folder, 'registry') });
  defer(() => context.server.kill());
});

const tagOf = 'v1.11.1-eks-1-30-5';
const base = { path: 'etc/base', content: randomBytes(200_000) };

/** An image on the common base layer. */
function image(name: string, architecture = 'amd64', size = 1000): ImageContent {
  return { architecture, layers: [[base], [{ path: name, content: randomBytes(size) }]] };
}

async function toPush(
  folder: string,
  repository: string,
  ...contents: readonly ImageContent[]
): Promise<ImageToPush> {
  const tree = join(folder, repository.replaceAll('/', '-'));
  writeImageLayout(tree, ...contents);
  return { repository, tags: [tagOf], tree: unwrap(await readImageTree(tree)), unverified: [] };
}

async function push(
  registry: Registry,
  images: readonly ImageToPush[],
  rules: PushRules = { overwrite: false },
  chunkSize = 1 << 20,
) {
  const state = unwrap(await readRegistryState(registry, images));
  const plan = planPush(registry.host, images, state, rules);
  return { plan, done: await pushImages(registry, plan, images, { chunkSize }) };
}

function writes(server: DockerRegistry): readonly string[] {
  return server
    .requests()
    .filter(({ method }) => method !== 'GET' && method !== 'HEAD')
    .map(
      ({ method, path }) => `${method} ${path.replace(/\?.*/, '').replace(/uploads\/.+/, 'uploads/<id>')}`,
    );
}

test('two platforms and a shared base: skopeo finds the same digests, and a second push writes nothing', async ({
  folder,
  server,
}) => {
  const { registry, sent } = openTestRegistry(server.host);
  const images = [
    await toPush(folder, 'eks/coredns/coredns', image('coredns'), image('coredns', 'arm64')),
    await toPush(folder, 'eks/kubernetes/pause', image('pause')),
  ];
  const { plan, done } = await push(registry, images);
  const record: PushRecord = unwrap(done);
  for (const [at, { repository, digest }] of record.images.entries()) {
    assert.is(digest, images[at]?.tree.descriptor.digest);
    const name = `docker://${server.host}/${repository}`;
    assert.is(JSON.parse(skopeo('inspect', `${name}:${tagOf}`)).Digest, digest);
    skopeo('copy', '--all', `${name}@${digest}`, `oci:${join(folder, `copy-${at}`)}:x`);
    const copied = JSON.parse(readFileSync(join(folder, `copy-${at}`, 'index.json'), 'utf8'));
    assert.is(copied.manifests[0].digest, digest);
  }
  // The base layer goes up once and is mounted into the other repository; the rest is there once.
  assert.is(sent.filter(({ kind }) => kind === 'mount-blob').length, 1);
  assert.is(
    plan.bytes.upload + plan.bytes.mount,
    sum(record.images.map(({ bytes }) => bytes.upload + bytes.mount)),
  );
  assert.ok(plan.bytes.mount > 200_000);
  assert.is(record.images[1]?.bytes.mount, plan.bytes.mount);

  const before = writes(server).length;
  assert.ok(before > 10);
  const again = await push(registry, images);
  assert.equal(again.plan.blobs, []);
  assert.equal(again.plan.bytes, { upload: 0, mount: 0, present: plan.bytes.upload + plan.bytes.mount });
  unwrap(again.done);
  assert.is(writes(server).length, before);
});

test('nothing is tagged before all is there, and a tag comes after its index, which comes after its manifests', async ({
  folder,
  server,
}) => {
  const { registry } = openTestRegistry(server.host);
  const one = await toPush(folder, 'one', image('one'), image('one', 'arm64'));
  const two = await toPush(folder, 'two', image('two'));
  unwrap((await push(registry, [one, two])).done);
  const puts = writes(server).filter((each) => /^PUT .*\/(manifests|blobs)\//.test(each));
  const kinds = puts.map((each) => {
    if (each.includes('/blobs/')) return 'blob';
    if (each.endsWith(tagOf)) return 'tag';
    return each.endsWith(one.tree.descriptor.digest) ? 'index' : 'manifest';
  });
  assert.equal([...new Set(kinds)], ['blob', 'manifest', 'index', 'tag']);
  assert.equal(
    kinds,
    [...kinds].sort((a, b) => order.indexOf(a) - order.indexOf(b)),
  );
});
const order = ['blob', 'manifest', 'index', 'tag'];

test('a tag on another image stays, unless it is to be overwritten', async ({ folder, server }) => {
  const { registry } = openTestRegistry(server.host);
  const first = await toPush(folder, 'eks/pause', image('first'));
  unwrap((await push(registry, [first])).done);
  rmSync(first.tree.folder, { recursive: true });
  const second = await toPush(folder, 'eks/pause', image('second'));
  const before = writes(server).length;
  const failure = failureOf((await push(registry, [second])).done);
  assert.match(JSON.stringify(failure), `eks/pause:${tagOf} is there as ${first.tree.descriptor.digest}`);
  assert.is(writes(server).length, before);
  assert.is(unwrap(await headManifest(registry, 'eks/pause', tagOf)), first.tree.descriptor.digest);
  unwrap((await push(registry, [second], { overwrite: true })).done);
  assert.is(unwrap(await headManifest(registry, 'eks/pause', tagOf)), second.tree.descriptor.digest);
});

test('a registry that dies in the middle leaves no tag, and the next push sends only the rest', async ({
  folder,
  server,
}) => {
  const large = 24 << 20;
  const images = [await toPush(folder, 'eks/etcd', image('etcd', 'amd64', large), image('etcd', 'arm64'))];
  let chunks = 0;
  const first = openTestRegistry(server.host, {
    onRequest: ({ kind }) => {
      if (kind === 'upload-chunk') chunks += 1;
      if (chunks === 4) void server.kill();
    },
  });
  const failure = failureOf((await push(first.registry, images, { overwrite: false }, 2 << 20)).done);
  assert.is(failure.reason, 'network');
  await server.kill();
  assert.equal(
    writes(server).filter((each) => each.includes('/manifests/')),
    [],
  );

  await server.restart();
  const second = openTestRegistry(server.host);
  assert.is(unwrap(await headManifest(second.registry, 'eks/etcd', tagOf)), undefined);
  const { plan, done } = await push(second.registry, images);
  unwrap(done);
  assert.ok(plan.bytes.upload >= large && plan.bytes.upload < large * 1.1);
  assert.ok(plan.bytes.present > 200_000);
  assert.is(
    JSON.parse(skopeo('inspect', `docker://${server.host}/eks/etcd:${tagOf}`)).Digest,
    images[0]?.tree.descriptor.digest,
  );
});

test('a push outlives a restart of the registry: the upload goes on where it was', async ({
  folder,
  server,
}) => {
  const large = 24 << 20;
  const images = [await toPush(folder, 'eks/etcd', image('etcd', 'amd64', large))];
  let chunks = 0;
  let restarted: Promise<void> | undefined;
  const { registry, sent } = openTestRegistry(server.host, {
    isPatient: true,
    onRequest: (request) => {
      sent.push(request);
      if (request.kind === 'upload-chunk') chunks += 1;
      if (chunks === 4) restarted ??= server.kill().then(server.restart);
    },
  });
  unwrap((await push(registry, images, { overwrite: false }, 2 << 20)).done);
  await restarted;
  assert.is(
    JSON.parse(skopeo('inspect', `docker://${server.host}/eks/etcd:${tagOf}`)).Digest,
    images[0]?.tree.descriptor.digest,
  );
  // Once more for the config, the base and the large layer each: it was not begun twice.
  assert.is(server.requests().filter(({ method }) => method === 'POST').length, 3);
  assert.ok(sent.some(({ kind }) => kind === 'upload-status'));
});

test('an upload that the registry forgot in a restart is begun again', async ({ folder, server }) => {
  const images = [await toPush(folder, 'eks/etcd', image('etcd', 'amd64', 24 << 20))];
  let chunks = 0;
  let restarted: Promise<void> | undefined;
  const { registry } = openTestRegistry(server.host, {
    isPatient: true,
    onRequest: ({ kind }) => {
      if (kind === 'upload-chunk') chunks += 1;
      if (chunks === 4) restarted ??= server.kill().then(forget).then(server.restart);
    },
  });
  const repository = join(server.folder, 'storage/docker/registry/v2/repositories/eks/etcd');
  const forget = () => rmSync(join(repository, '_uploads'), { recursive: true });
  unwrap((await push(registry, images, { overwrite: false }, 2 << 20)).done);
  await restarted;
  assert.is(
    JSON.parse(skopeo('inspect', `docker://${server.host}/eks/etcd:${tagOf}`)).Digest,
    images[0]?.tree.descriptor.digest,
  );
  assert.is(server.requests().filter(({ method }) => method === 'POST').length, 4);
});

test('what skopeo pushed is pulled, byte for byte, for the wanted platforms only', async ({
  folder,
  server,
}) => {
  const named = writeImageLayout(join(folder, 'in'), image('x'), image('x', 'arm64'), image('x', 's390x'));
  skopeo('copy', '--all', `oci:${join(folder, 'in')}`, `docker://${server.host}/base/minimal:2.0`);
  const { registry } = openTestRegistry(server.host);
  const digest = unwrap(await resolveTag(registry, 'base/minimal', '2.0'));
  assert.is(digest, named.digest);
  const pull = { repository: 'base/minimal', digest, folder: join(folder, 'out') };
  const pulled = unwrap(await pullImage(registry, { ...pull, platforms: ['linux/amd64', 'linux/arm64'] }));
  assert.is(pulled.digest, digest);
  const index = JSON.parse(readFileSync(join(folder, 'out', 'blobs/sha256', digest.slice(7)), 'utf8'));
  assert.is(index.manifests.length, 3);
  const [amd64] = index.manifests;
  skopeo('copy', `docker://${server.host}/base/minimal@${amd64.digest}`, `oci:${join(folder, 'one')}:x`);
  const single = { ...pull, digest: amd64.digest, folder: join(folder, 'single') };
  const one = unwrap(await pullImage(registry, { ...single, platforms: ['linux/amd64'] }));
  assert.equal(one.platform, { os: 'linux', architecture: 'amd64' });
  const tree = unwrap(await readImageTree(single.folder));
  const copied = unwrap(await readImageTree(join(folder, 'one')));
  assert.equal(
    tree.blobs.map((blob) => blob.digest),
    copied.blobs.map((blob) => blob.digest),
  );
  const missing = await pullImage(registry, {
    ...pull,
    folder: join(folder, 'none'),
    platforms: ['linux/ppc64le'],
  });
  assert.match(
    JSON.stringify(failureOf(missing)),
    'has no linux/ppc64le, only linux/amd64, linux/arm64, linux/s390x',
  );
  assert.is(unwrap(await getManifest(registry, 'base/minimal', 'none')), undefined);
});

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, each) => total + each, 0);
}

test.run();
