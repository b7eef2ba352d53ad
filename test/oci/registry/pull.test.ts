import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as assert from 'uvu/assert';
import type { Bytes } from '../../../orchestrator/core/event.ts';
import { type Descriptor, mediaType, type OciDigest } from '../../../orchestrator/core/oci.ts';
import { ociDigestOf } from '../../../orchestrator/oci/image/layout.ts';
import { pullImage } from '../../../orchestrator/oci/registry/pull.ts';
import { suite } from '../../rig/suite.ts';
import { closeFakes } from './fake-registry.ts';
import { type MemoryRegistry, memoryRegistry } from './memory-registry.ts';
import { failureOf, openTestRegistry, unwrap } from './rig.ts';

const test = suite<{ folder: string; server: MemoryRegistry }>('pulling an image');
test.before.each(async (context) => {
  context.folder = mkdtempSync(join(tmpdir(), 'pull-'));
  context.server = await memoryRegistry();
});
test.after.each(({ folder }) => {
  closeFakes();
  rmSync(folder, { recursive: true });
});

const layerType = 'application/vnd.docker.image.rootfs.diff.tar.gzip';
const configType = 'application/vnd.docker.container.image.v1+json';

function put(server: MemoryRegistry, type: string, content: string | object): Descriptor {
  const bytes = Buffer.from(typeof content === 'string' ? content : JSON.stringify(content));
  const digest = ociDigestOf(bytes);
  server.content.set(`a/b@${digest}`, bytes);
  if (/manifest|index/.test(type)) server.types.set(digest, type);
  return { mediaType: type, digest, size: bytes.length };
}

/** An image of docker's own types; `layer` as its descriptor is to be. */
function putImage(server: MemoryRegistry, architecture: string, layer?: object): Descriptor {
  const config = put(server, configType, {
    os: 'linux',
    architecture,
    rootfs: { type: 'layers', diff_ids: [] },
  });
  const layers = [
    put(server, layerType, 'shared'),
    { ...put(server, layerType, `of ${architecture}`), ...layer },
  ];
  const manifest = { schemaVersion: 2, mediaType: mediaType.dockerManifest, config, layers };
  return put(server, mediaType.dockerManifest, manifest);
}

function putIndex(server: MemoryRegistry, ...images: readonly (readonly [Descriptor, string])[]): Descriptor {
  const manifests = images.map(([each, architecture]) => ({
    ...each,
    platform: { os: 'linux', architecture },
  }));
  const attestation = {
    ...put(server, mediaType.manifest, 'x'),
    platform: { os: 'unknown', architecture: 'unknown' },
  };
  const content = {
    schemaVersion: 2,
    mediaType: mediaType.dockerIndex,
    manifests: [...manifests, attestation],
  };
  return put(server, mediaType.dockerIndex, content);
}

function pull(
  server: MemoryRegistry,
  folder: string,
  digest: OciDigest,
  onBytes: (bytes: Bytes) => void = () => undefined,
) {
  const { registry } = openTestRegistry(server.host);
  return pullImage(registry, {
    repository: 'a/b',
    digest,
    platforms: ['linux/amd64', 'linux/arm64'],
    folder,
    onBytes,
  });
}

test('of an index the wanted platforms, each blob once, and nothing of the others', async ({
  folder,
  server,
}) => {
  const platforms = ['amd64', 'arm64', 's390x'].map((each) => [putImage(server, each), each] as const);
  const index = putIndex(server, ...platforms);
  assert.equal(unwrap(await pull(server, folder, index.digest)), index);
  assert.equal(JSON.parse(readFileSync(join(folder, 'index.json'), 'utf8')).manifests, [index]);
  const asked = server.lines();
  assert.is(new Set(asked).size, asked.length);
  // Two configs, two layers of their own, one that they share.
  assert.is(asked.filter((line) => line.includes('/blobs/')).length, 5);
  assert.not.ok(asked.some((line) => line.endsWith(platforms[2]?.[0].digest ?? '')));
});

test('how much has come is told, of what is known to be wanted', async ({ folder, server }) => {
  const platforms = ['amd64', 'arm64'].map((each) => [putImage(server, each), each] as const);
  const told: Bytes[] = [];
  unwrap(await pull(server, folder, putIndex(server, ...platforms).digest, (bytes) => void told.push(bytes)));
  const blobs = [...server.content.entries()].filter(([name]) => server.lines().includes(blobLine(name)));
  const whole = blobs.reduce((sum, [, content]) => sum + content.length, 0);
  assert.equal(told.at(-1), { done: whole, total: whole });
  assert.ok(told.every(({ done, total = 0 }) => done <= total));
});

/** What is asked for content, by its name in the registry. */
function blobLine(name: string): string {
  return `GET /v2/a/b/blobs/${name.replace('a/b@', '')}`;
}

test('an image that may not be distributed, or is none, is refused', async ({ folder, server }) => {
  const foreign = 'application/vnd.docker.image.rootfs.foreign.diff.tar.gzip';
  const cases: readonly (readonly [object, string])[] = [
    [{ mediaType: foreign }, 'may not be distributed'],
    [{ mediaType: 'application/vnd.oci.image.layer.nondistributable.v1.tar+gzip' }, 'may not be distributed'],
    [{ urls: ['https://example.com/layer'] }, 'to be had elsewhere'],
    [{ digest: 'sha256:../../../../etc/passwd' }, 'digests other than SHA-256'],
    [{ digest: `sha512:${'a'.repeat(128)}` }, 'digests other than SHA-256'],
    [{ size: -1 }, 'digests other than SHA-256'],
  ];
  for (const [layer, told] of cases) {
    const images = ['amd64', 'arm64'].map((each) => [putImage(server, each, layer), each] as const);
    const failure = failureOf(await pull(server, folder, putIndex(server, ...images).digest));
    assert.match(JSON.stringify(failure), told);
  }
});

test('a platform that is not there, or not what it is called, is told', async ({ folder, server }) => {
  const [amd64, arm64] = [putImage(server, 'amd64'), putImage(server, 'arm64')];
  const one = putIndex(server, [amd64, 'amd64']);
  assert.match(
    JSON.stringify(failureOf(await pull(server, folder, one.digest))),
    'has no linux/arm64, only linux/amd64',
  );
  const swapped = putIndex(server, [arm64, 'amd64'], [amd64, 'arm64']);
  const failure = failureOf(await pull(server, folder, swapped.digest));
  assert.match(JSON.stringify(failure), 'names an image for linux/arm64 as one for linux/amd64');
  const single = failureOf(await pull(server, folder, amd64.digest));
  assert.match(JSON.stringify(single), 'has no linux/arm64, only linux/amd64');
  const gone = failureOf(await pull(server, folder, ociDigestOf('gone')));
  assert.match(JSON.stringify(gone), 'is not there');
  const old = put(server, 'application/vnd.docker.distribution.manifest.v1+prettyjws', '{"schemaVersion":1}');
  server.types.set(old.digest, old.mediaType);
  assert.match(
    JSON.stringify(failureOf(await pull(server, folder, old.digest))),
    'neither an index nor a manifest',
  );
});

test('a manifest of another size than its index says is refused', async ({ folder, server }) => {
  const amd64 = { ...putImage(server, 'amd64'), size: 1 };
  const index = putIndex(server, [amd64, 'amd64'], [putImage(server, 'arm64'), 'arm64']);
  assert.match(JSON.stringify(failureOf(await pull(server, folder, index.digest))), 'another size');
});

test.run();
