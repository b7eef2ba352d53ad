import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as assert from 'uvu/assert';
import { closeFakes } from '../oci/registry/fake-registry.ts';
import { type DockerRegistry, startDockerRegistry } from '../rig/docker-registry.ts';
import { type ImageWorld, imageWorld } from '../rig/image-world.ts';
import { newParty, type Party, policyText, sha, signedText } from '../rig/signed-statements.ts';
import { skopeo } from '../rig/skopeo.ts';
import { suite } from '../rig/suite.ts';
import { release } from '../rig/world-content.ts';

interface Context {
  world: ImageWorld;
  server: DockerRegistry;
}

const test = suite<Context>('statements in a real registry');
const parties = ['acme', 'beta', 'gamma'].map((name) => newParty(name));
const gamma = parties[2] as Party;

test.before(async (context, defer) => {
  defer(closeFakes);
  const world = await imageWorld();
  context.world = world;
  context.server = await startDockerRegistry({ folder: join(world.folder, 'registry') });
  defer(() => context.server.kill());
  for (const party of parties) {
    const key = party.key.export({ type: 'pkcs8', format: 'pem' });
    writeFileSync(join(world.folder, `${party.name}.key`), key, { mode: 0o600 });
    const place = ['--registry', `${context.server.host}/${party.name}`, '--insecure'];
    const signed = party === gamma ? [] : ['--sign', join(world.folder, `${party.name}.key`)];
    const pushed = await world.run(['push', release, ...place, ...signed, '--confirm']);
    assert.is(pushed.code, 0, pushed.stderr);
  }
  writeFileSync(join(world.root, 'policy.yaml'), policyText(parties, { agree: 1 }));
  writeFileSync(join(world.root, 'two.yaml'), policyText(parties, { agree: 2 }));
});

const digestOf = ({ server }: Context, name: string) =>
  skopeo('inspect', '--no-tags', '--format', '{{.Digest}}', `docker://${server.host}/${name}`).trim();

test('an image by its tag and by its digest; another place joins; nobody signed', async (context) => {
  const { world, server } = context;
  const tag = tagIn(world);
  const trust = (image: string, ...words: readonly string[]) =>
    world.run(['trust', `${server.host}/${image}`, '--insecure', '--policy', ...words]);
  const digest = digestOf(context, `acme/org/tool:${tag}`);
  const byTag = await trust(`acme/org/tool:${tag}`, 'policy.yaml');
  assert.equal([byTag.code, byTag.stderr], [0, '']);
  assert.match(
    byTag.stdout,
    `✔ ${server.host}/acme/org/tool@${digest} is trusted\n  ✔ equivalence: said by acme (identical); 1 signer has to\n`,
  );
  assert.is((await trust(`acme/org/tool@${digest}`, 'policy.yaml')).code, 0);
  assert.is((await trust(`acme/org/tool@${digest}`, 'two.yaml')).code, 1);
  const joined = await trust(
    `acme/org/tool@${digest}`,
    'two.yaml',
    '--statements',
    `${server.host}/beta/org/tool`,
  );
  assert.is(joined.code, 0, joined.stdout);
  const unsigned = await trust(`gamma/org/tool:${tag}`, 'policy.yaml');
  assert.is(unsigned.code, 1);
  assert.match(unsigned.stdout, / is not signed\n/);
});

test('a false one of three registries is named', async (context) => {
  const { world, server } = context;
  const challenge = (...words: readonly string[]) => {
    const places = parties.map(({ name }) => `${server.host}/${name}`);
    return world.run(['challenge', release, '--with', ...places, '--insecure', ...words]);
  };
  const open = await challenge();
  assert.equal([open.code, open.stderr], [0, '']);
  assert.match(
    open.stdout,
    /Of [0-9]+ files and images: agreed by 2 or more [1-9][0-9]*, differing 0, said by fewer 0\./,
  );
  const tag = tagIn(world);
  const digest = digestOf(context, `gamma/org/tool:${tag}`).slice('sha256:'.length);
  await attach(context, 'gamma/org/tool', digest, signedText(gamma, await lieAbout(context, digest)));
  const ran = await challenge('--policy', 'two.yaml');
  assert.is(ran.code, 1);
  assert.match(
    ran.stdout,
    /gamma stands alone: identical [0-9a-f]{12} \(acme, beta\) against different [0-9a-f]{12} \(gamma\)\./,
  );
  assert.match(ran.stdout, `eksd-rebuild explain ${release} org/tool/linux/amd64/tool\n`);
});

function tagIn({ root }: ImageWorld): string {
  const report = JSON.parse(readFileSync(join(root, 'out', release, 'report.json'), 'utf8'));
  return report.images.find(({ image }: { image: string }) => image === 'org/tool').tag;
}

// biome-ignore lint/suspicious/noExplicitAny: what a registry answers, of which the test knows what is in it.
const jsonAt = async (url: string): Promise<any> =>
  (
    await fetch(url, {
      headers: {
        accept: 'application/vnd.oci.image.index.v1+json, application/vnd.oci.image.manifest.v1+json, */*',
      },
    })
  ).json();

/** What is said of the image there without a signature, otherwise. */
async function lieAbout({ server }: Context, digest: string) {
  const api = `http://${server.host}/v2/gamma/org/tool`;
  const index = await jsonAt(`${api}/manifests/sha256-${digest}`);
  for (const { digest: each } of index.manifests) {
    const manifest = await jsonAt(`${api}/manifests/${each}`);
    const statement = await jsonAt(`${api}/blobs/${manifest.layers[0].digest}`);
    if (statement.predicateType !== 'urn:eksd-rebuild:equivalence:1') continue;
    const [file, ...files] = statement.predicate.files;
    const lie = { ...file, verdict: 'different', built: { sha256: sha('forged') } };
    return {
      ...statement,
      predicate: { ...statement.predicate, verdict: 'different', files: [lie, ...files] },
    };
  }
  throw new Error('there is no equivalence');
}

/** Puts a bundle there by the registry's API alone, beside what is there. */
async function attach({ server }: Context, repository: string, digest: string, text: string): Promise<void> {
  const api = `http://${server.host}/v2/${repository}`;
  const bundleType = 'application/vnd.dev.sigstore.bundle.v0.3+json';
  const blobOf = async (content: string) => {
    const started = await fetch(`${api}/blobs/uploads/`, { method: 'POST' });
    const at = new URL(started.headers.get('location') ?? '', api);
    at.searchParams.set('digest', `sha256:${sha(content)}`);
    assert.is((await fetch(at, { method: 'PUT', body: content })).status, 201);
    return { digest: `sha256:${sha(content)}`, size: Buffer.byteLength(content) };
  };
  const config = { mediaType: 'application/vnd.oci.empty.v1+json', ...(await blobOf('{}')) };
  const layers = [{ mediaType: bundleType, ...(await blobOf(text)) }];
  const ociManifest = 'application/vnd.oci.image.manifest.v1+json';
  const subject = {
    mediaType: 'application/vnd.oci.image.index.v1+json',
    digest: `sha256:${digest}`,
    size: 1,
  };
  const manifest = JSON.stringify({
    schemaVersion: 2,
    mediaType: ociManifest,
    artifactType: bundleType,
    config,
    layers,
    subject,
  });
  const put = (name: string, type: string, body: string) =>
    fetch(`${api}/manifests/${name}`, { method: 'PUT', headers: { 'content-type': type }, body });
  assert.is((await put(`sha256:${sha(manifest)}`, ociManifest, manifest)).status, 201);
  const tag = `sha256-${digest}`;
  const index = await jsonAt(`${api}/manifests/${tag}`);
  index.manifests.push({
    mediaType: ociManifest,
    digest: `sha256:${sha(manifest)}`,
    size: manifest.length,
    artifactType: bundleType,
  });
  assert.is((await put(tag, index.mediaType, JSON.stringify(index))).status, 201);
}

test.run();
