import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as assert from 'uvu/assert';
import { ociDigestOf } from '../../orchestrator/oci/image/layout.ts';
import { closeFakes } from '../oci/registry/fake-registry.ts';
import { memoryRegistry } from '../oci/registry/memory-registry.ts';
import { type Ran, runMain, testHost } from '../rig/host.ts';
import { newParty, policyText, sha, signedText, statementOf } from '../rig/signed-statements.ts';
import { suite } from '../rig/suite.ts';
import { unusedPort } from '../rig/unused-port.ts';

const test = suite<{ trust: (...words: readonly string[]) => Promise<Ran> }>('trust in an image');
const acme = newParty('acme');

test.before((context, defer) => {
  const folder = mkdtempSync(join(tmpdir(), 'trust-'));
  defer(() => rmSync(folder, { recursive: true }));
  writeFileSync(join(folder, 'policy.yaml'), policyText([acme]));
  const host = testHost({ cwd: folder, packageFolder: folder, env: { HOME: folder } });
  context.trust = (...words) => runMain(['trust', ...words, '--policy', 'policy.yaml'], host);
});

test('an image: its tag is asked for a digest, and what refers to that is looked into', async ({ trust }) => {
  const registry = await memoryRegistry();
  try {
    const manifest = Buffer.from(
      JSON.stringify({ schemaVersion: 2, mediaType: ociManifest, config: {}, layers: [] }),
    );
    const digest = put(registry, manifest);
    registry.tags.set('eks/etcd:v1', digest);
    const hex = digest.slice('sha256:'.length);
    const attach = (text: string, subject: string = digest) => refer(registry, digest, text, subject);
    const image = `${registry.host}/eks/etcd`;
    const ask = (name: string) => trust(name, '--insecure', '--json');
    assert.is((await ask(`${image}:v1`)).code, 1);
    attach(signedText(acme, imageOf(hex)));
    const answer = await ask(`${image}:v1`);
    assert.equal([answer.code, answer.stderr], [0, '']);
    assert.equal(JSON.parse(answer.stdout).subjects[0].name, `${image}@${digest}`);
    assert.is((await ask(`${image}@${digest}`)).code, 0);
    const other = sha('another image');
    registry.tags.set('eks/etcd:v2', put(registry, Buffer.from(`${manifest} `)));
    assert.is((await ask(`${image}:v2`)).code, 1);
    attach(signedText(acme, imageOf(other)), `sha256:${other}`);
    const moved = JSON.parse((await ask(`${image}:v1`)).stdout).subjects[0];
    assert.equal(
      moved.refused.map(({ why }: { why: string }) => why),
      ['refers to something else than it is listed for'],
    );
    assert.is((await ask(`${image}:lost`)).code, 2);
  } finally {
    closeFakes();
  }
  assert.is((await trust(`127.0.0.1:${await unusedPort()}/eks/etcd:v1`, '--insecure')).code, 4);
});

const ociManifest = 'application/vnd.oci.image.manifest.v1+json';

type Registry = Awaited<ReturnType<typeof memoryRegistry>>;

function put({ content, types }: Registry, bytes: Buffer, type = ociManifest): `sha256:${string}` {
  const digest = ociDigestOf(bytes);
  content.set(`eks/etcd@${digest}`, bytes);
  types.set(digest, type);
  return digest;
}

/** Has a manifest refer to an image, as it is listed, and, as it says itself, to `subject`. */
function refer(registry: Registry, image: string, text: string, subject: string): void {
  const bundleType = 'application/vnd.dev.sigstore.bundle.v0.3+json';
  const blob = Buffer.from(text);
  const layers = [{ mediaType: bundleType, digest: put(registry, blob), size: blob.length }];
  const manifest = Buffer.from(
    JSON.stringify({
      schemaVersion: 2,
      mediaType: ociManifest,
      artifactType: bundleType,
      layers,
      subject: { digest: subject },
    }),
  );
  const tag = `eks/etcd:${image.replace(':', '-')}`;
  const listed = {
    mediaType: ociManifest,
    digest: put(registry, manifest),
    size: manifest.length,
    artifactType: bundleType,
  };
  const index = Buffer.from(JSON.stringify({ schemaVersion: 2, manifests: [listed] }));
  registry.tags.set(tag, put(registry, index, 'application/vnd.oci.image.index.v1+json'));
}

function imageOf(hex: string) {
  const hash = sha('etcd');
  const files = [
    {
      project: 'etcd-io/etcd',
      platform: 'linux/amd64',
      file: 'etcd',
      verdict: 'identical',
      published: { sha256: hash, authority: 'built' },
      built: { sha256: hash },
    },
  ];
  const predicate = {
    release: 'v1-30-eks-5',
    lock: sha('lock'),
    project: 'etcd-io/etcd',
    image: 'etcd-io/etcd',
    tag: 'v1',
    verdict: 'identical',
    normalizers: [],
    files,
  };
  return statementOf(hex, 'urn:eksd-rebuild:equivalence:1', predicate, 'etcd-io/etcd');
}

test.run();
