import { execFileSync, spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as assert from 'uvu/assert';
import { parse } from 'yaml';
import type { OciDigest } from '../../orchestrator/core/oci.ts';
import { stageReferrers } from '../../orchestrator/oci/push/stage-referrers.ts';
import { listReferrers } from '../../orchestrator/oci/registry/lists.ts';
import { getManifest } from '../../orchestrator/oci/registry/manifests.ts';
import type { Registry } from '../../orchestrator/oci/registry/registry.ts';
import { cyclonedxType, spdxType } from '../../orchestrator/statement/predicates.ts';
import { signStatement } from '../../orchestrator/statement/sign/sign-statement.ts';
import { openSigner, type Signer } from '../../orchestrator/statement/sign/signer.ts';
import { stageStatements } from '../../orchestrator/statement/sign/stage-statements.ts';
import { statementText } from '../../orchestrator/statement/statement.ts';
import { closeFakes } from '../oci/registry/fake-registry.ts';
import { openTestRegistry } from '../oci/registry/rig.ts';
import { type DockerRegistry, startDockerRegistry } from '../rig/docker-registry.ts';
import { goTools } from '../rig/go-tools.ts';
import { type ImageWorld, imageWorld } from '../rig/image-world.ts';
import { reportOf } from '../rig/report.ts';
import { suite } from '../rig/suite.ts';
import { release } from '../rig/world-content.ts';
import { host, unwrap } from '../statement/sign/rig.ts';

const password = 'of the key that cosign made';

interface Pushed {
  world: ImageWorld;
  server: DockerRegistry;
  registry: Registry;
  /** By the name of the key. */
  signers: Map<string, Signer>;
}

const test = suite<Pushed>('cosign');
const { cosign = '' } = await goTools('cosign', ['cosign'], '');

/** Nothing of the user's, and nobody is asked for a trusted root. */
function run({ folder }: ImageWorld, ...words: readonly string[]) {
  const env = { PATH: process.env['PATH'] ?? '', HOME: folder, COSIGN_PASSWORD: password };
  return spawnSync(cosign, words, { cwd: folder, env, encoding: 'utf8' });
}

/** What a check by a key comes to: without a log, which was asked for by nobody. */
function check(world: ImageWorld, command: string, key: string, ...words: readonly string[]) {
  const plain = command === 'verify-blob-attestation' ? [] : ['--allow-http-registry'];
  return run(world, command, '--key', `${key}.pub`, '--insecure-ignore-tlog', ...plain, ...words);
}

test.before(async (context, defer) => {
  defer(closeFakes);
  context.world = await imageWorld();
  const { folder } = context.world;
  context.server = await startDockerRegistry({ folder: join(folder, 'docker-registry') });
  defer(() => context.server.kill());
  context.registry = openTestRegistry(context.server.host).registry;
  const made = run(context.world, 'generate-key-pair', '--output-key-prefix', 'cosign');
  assert.is(made.status, 0, made.stderr);
  for (const [name, words] of [
    ['ed25519', ['-algorithm', 'ed25519']],
    ['p256', ['-algorithm', 'EC', '-pkeyopt', 'ec_paramgen_curve:P-256']],
    ['other', ['-algorithm', 'EC', '-pkeyopt', 'ec_paramgen_curve:P-256']],
  ] as const) {
    const key = join(folder, `${name}.key`);
    execFileSync('openssl', ['genpkey', ...words, '-out', key]);
    execFileSync('openssl', ['pkey', '-in', key, '-pubout', '-out', join(folder, `${name}.pub`)]);
  }
  const at = host({ cwd: folder, env: { COSIGN_PASSWORD: password } });
  context.signers = new Map();
  for (const name of ['cosign', 'ed25519', 'p256'])
    context.signers.set(name, unwrap(await openSigner({ sign: `${name}.key` }, {}, at)));
  for (const name of context.signers.keys()) {
    const place = ['--registry', `${context.server.host}/${name}`, '--insecure', '--confirm'];
    const env = { ...context.world.host.env, COSIGN_PASSWORD: password };
    const words = ['push', release, ...place, '--sign', join(folder, `${name}.key`)];
    const pushed = await context.world.run(words, { env });
    assert.is(pushed.code, 0, pushed.stderr);
  }
});

/** The images that were pushed below a prefix, by the tags that they have. */
function imagesOf({ world, server }: Pushed, prefix: string) {
  return (reportOf(world, release).images ?? []).map(({ image, tag, digest = '' }) => {
    const repository = `${prefix}/${image}`;
    return { repository, name: `${server.host}/${repository}:${tag}`, digest };
  });
}

for (const key of ['cosign', 'ed25519', 'p256']) {
  test(`cosign takes the provenance and the bills of materials that a push signed by the key ${key}`, (pushed) => {
    for (const { name, digest } of imagesOf(pushed, key)) {
      const verified = check(pushed.world, 'verify', key, name);
      assert.is(verified.status, 0, verified.stderr);
      for (const type of ['slsaprovenance1', 'spdxjson', 'cyclonedx']) {
        const attested = check(pushed.world, 'verify-attestation', key, '--type', type, name);
        assert.is(attested.status, 0, attested.stderr);
        const [line = ''] = attested.stdout.trim().split('\n');
        const { payload } = JSON.parse(line) as { payload: string };
        const statement = JSON.parse(Buffer.from(payload, 'base64').toString());
        assert.is(`sha256:${statement.subject[0].digest.sha256}`, digest);
      }
    }
  });
}

test('cosign refuses another key, another type and an image that nothing is said of', (pushed) => {
  const [image] = imagesOf(pushed, 'p256');
  const name = image?.name ?? '';
  for (const [words, expected] of [
    [['verify', 'other', name], /no matching|none of the|invalid signature/i],
    [['verify-attestation', 'other', '--type', 'slsaprovenance1', name], /no matching|invalid/i],
    [['verify-attestation', 'p256', '--type', 'vuln', name], /predicate type|no matching/i],
  ] as const) {
    const [command, key, ...others] = words;
    const refused = check(pushed.world, command, key, ...others);
    assert.is.not(refused.status, 0, refused.stdout);
    assert.match(refused.stderr, expected);
  }
});

test('cosign takes SBOMs by their types, and refuses what was said of another image', async (pushed) => {
  const { registry, signers, world } = pushed;
  const [one, two] = [await copyOf(pushed, 'sbom/one', 0), await copyOf(pushed, 'sbom/two', 1)];
  const signer = signers.get('p256') as Signer;
  const sboms = [cyclonedxType, spdxType].map((predicateType) => ({
    subject: [{ name: 'one', digest: { sha256: one.subject.digest.slice(7) } }],
    predicateType,
    predicate: { name: 'an SBOM' },
  }));
  unwrap(
    await unwrap(
      await stageStatements(registry, one.repository, one.subject, sboms, signer, host()),
    ).attach(),
  );
  for (const type of ['cyclonedx', 'spdxjson']) {
    const words = ['--type', type];
    const attested = check(world, 'verify-attestation', 'p256', ...words, one.name);
    assert.is(attested.status, 0, attested.stderr);
  }
  // The same bundles, hung on another image.
  unwrap(
    await unwrap(
      await stageStatements(registry, two.repository, two.subject, sboms, signer, host()),
    ).attach(),
  );
  for (const [command, ...words] of [['verify'], ['verify-attestation', '--type', 'cyclonedx']] as const) {
    const refused = check(world, command, 'p256', ...words, two.name);
    assert.is.not(refused.status, 0, refused.stdout);
    assert.match(refused.stderr, /digest|no matching/i);
  }
});

test('cosign admits by the rule of policy-controller what is identical, and nothing else', async (pushed) => {
  const { registry, signers, world } = pushed;
  const example = parse(readFileSync('examples/admission/policy-controller.yaml', 'utf8'));
  const [{ predicateType, policy }] = example.spec.authorities[0].attestations;
  const rule = join(world.folder, 'rule.cue');
  writeFileSync(rule, policy.data);
  const words = ['--type', predicateType, '--policy', rule];
  for (const { name } of imagesOf(pushed, 'p256')) {
    const admitted = check(world, 'verify-attestation', 'p256', ...words, name);
    assert.is(admitted.status, 0, admitted.stderr);
  }
  const there = await copyOf(pushed, 'different/one', 0);
  const subject = [{ name: 'one', digest: { sha256: there.subject.digest.slice(7) } }];
  const statement = { subject, predicateType, predicate: { verdict: 'different' } };
  const signer = signers.get('p256') as Signer;
  unwrap(
    await unwrap(
      await stageStatements(registry, there.repository, there.subject, [statement], signer, host()),
    ).attach(),
  );
  const refused = check(world, 'verify-attestation', 'p256', ...words, there.name);
  assert.is.not(refused.status, 0, refused.stdout);
  assert.match(refused.stderr, /conflicting values|validating policy/);
});

test('cosign refuses a bundle of which one byte was changed', async (pushed) => {
  const { registry, signers, world } = pushed;
  const there = await copyOf(pushed, 'changed/one', 0);
  const predicateType = 'https://slsa.dev/provenance/v1';
  const text = statementText({
    subject: [{ name: 'one', digest: { sha256: there.subject.digest.slice(7) } }],
    predicateType,
    predicate: { buildDefinition: { buildType: 'a' } },
  });
  const bundle = unwrap(await signStatement(signers.get('p256') as Signer, text, host()));
  const parts = JSON.parse(bundle);
  const payload = Buffer.from(parts.dsseEnvelope.payload, 'base64').toString();
  const changed = Buffer.from(payload.replace('"buildType":"a"', '"buildType":"b"')).toString('base64');
  const forged = JSON.stringify({ ...parts, dsseEnvelope: { ...parts.dsseEnvelope, payload: changed } });
  const bundleType = 'application/vnd.dev.sigstore.bundle.v0.3+json';
  const before = unwrap(await listReferrers(registry, there.repository, there.subject.digest));
  const blob = { mediaType: bundleType, bytes: Buffer.from(forged) };
  const annotations = { 'dev.sigstore.bundle.predicateType': predicateType };
  const referrer = { artifactType: bundleType, blob, annotations };
  unwrap(
    await unwrap(
      await stageReferrers(registry, there.repository, there.subject, [referrer], before),
    ).attach(),
  );
  const refused = check(world, 'verify-attestation', 'p256', '--type', 'slsaprovenance1', there.name);
  assert.is.not(refused.status, 0, refused.stdout);
  assert.match(refused.stderr, /signature/i);
});

test('cosign takes a bundle beside a file, and refuses another file, key or byte', async (pushed) => {
  const { signers, world } = pushed;
  const [file, other] = ['a.tar.gz', 'b.tar.gz'].map((name) => join(world.folder, name)) as [string, string];
  writeFileSync(file, 'the content of a file');
  writeFileSync(other, 'the content of another');
  const sha256 = execFileSync('sha256sum', [file], { encoding: 'utf8' }).slice(0, 64);
  const predicateType = 'https://slsa.dev/provenance/v1';
  const text = statementText({
    subject: [{ name: 'a.tar.gz', digest: { sha256 } }],
    predicateType,
    predicate: { buildDefinition: { buildType: 'urn:example:1' } },
  });
  for (const [name, signer] of signers) {
    const bundle = join(world.folder, `${name}.sigstore.json`);
    writeFileSync(bundle, unwrap(await signStatement(signer, text, host())));
    const forged = join(world.folder, `${name}-forged.sigstore.json`);
    const parts = JSON.parse(readFileSync(bundle, 'utf8'));
    const payload = Buffer.from(text.replace('example:1', 'example:2')).toString('base64');
    writeFileSync(forged, JSON.stringify({ ...parts, dsseEnvelope: { ...parts.dsseEnvelope, payload } }));
    const verdictOf = (key: string, at: string, of: string, type = 'slsaprovenance1') => {
      const words = ['--new-bundle-format', '--type', type, '--bundle', at, of];
      return check(world, 'verify-blob-attestation', key, ...words);
    };
    const taken = verdictOf(name, bundle, file);
    assert.is(taken.status, 0, taken.stderr);
    for (const refused of [
      verdictOf(name, bundle, other),
      verdictOf(name, forged, file),
      verdictOf('other', bundle, file),
      verdictOf(name, bundle, file, 'cyclonedx'),
    ])
      assert.is.not(refused.status, 0, refused.stderr);
  }
});

/** An image of the push in a repository of its own, of which nothing is said. */
async function copyOf(pushed: Pushed, repository: string, at: number) {
  const { registry, server } = pushed;
  const from = imagesOf(pushed, 'p256')[at];
  const content = unwrap(await getManifest(registry, from?.repository ?? '', from?.digest ?? ''));
  const name = `${server.host}/${repository}:copy`;
  execFileSync('skopeo', [
    ...[
      'copy',
      '--quiet',
      '--all',
      '--preserve-digests',
      '--src-tls-verify=false',
      '--dest-tls-verify=false',
    ],
    ...[`docker://${server.host}/${from?.repository}@${from?.digest}`, `docker://${name}`],
  ]);
  const bytes = content?.bytes ?? Buffer.alloc(0);
  const digest = from?.digest as OciDigest;
  return { repository, name, subject: { mediaType: content?.mediaType ?? '', digest, size: bytes.length } };
}

test.run();
