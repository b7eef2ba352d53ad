import { generateKeyPairSync, type KeyObject } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as assert from 'uvu/assert';
import type { ImageIndex, ImageManifest } from '../../orchestrator/core/oci.ts';
import { verifyBundle } from '../../orchestrator/statement/sign/verify-bundle.ts';
import { closeFakes } from '../oci/registry/fake-registry.ts';
import { onBuildctl } from '../rig/fake-buildctl.ts';
import { onGo } from '../rig/fake-go.ts';
import { type ImageWorld, imageWorld, writesTo } from '../rig/image-world.ts';
import { reportOf } from '../rig/report.ts';
import { suite } from '../rig/suite.ts';
import { release } from '../rig/world-content.ts';
import { unwrap } from '../statement/sign/rig.ts';

const test = suite<{ world: ImageWorld }>('push --sign');

test.before(async (context, defer) => {
  defer(closeFakes);
  context.world = await imageWorld();
});

const bundleType = 'application/vnd.dev.sigstore.bundle.v0.3+json';
const password = 'open sesame of the releases';

function keyIn(world: ImageWorld, name: string, { privateKey }: { privateKey: KeyObject }, sealed = false) {
  const cipher = sealed ? { cipher: 'aes-256-cbc', passphrase: password } : {};
  const file = join(world.folder, name);
  writeFileSync(file, privateKey.export({ type: 'pkcs8', format: 'pem', ...cipher }));
  return file;
}

function push(world: ImageWorld, prefix: string, ...words: readonly string[]) {
  return world.run(['push', release, '--registry', `${world.registry.host}/${prefix}`, ...words]);
}

/** What refers to an image by the fallback tag, each with its manifest and the text of its blob. */
function referrersOf({ registry }: ImageWorld, repository: string, tag: string) {
  const digest = registry.tags.get(`${repository}:${tag}`) ?? '';
  const read = (name: string) => registry.content.get(`${repository}@${name}`)?.toString('utf8') ?? '{}';
  const listed = registry.tags.get(`${repository}:${digest.replace(':', '-')}`) ?? '';
  const { manifests = [] } = JSON.parse(read(listed)) as Partial<ImageIndex>;
  return manifests.map((descriptor) => {
    const manifest = JSON.parse(read(descriptor.digest)) as ImageManifest & { readonly artifactType: string };
    assert.is(manifest.subject?.digest, digest);
    return { descriptor, manifest, text: read(manifest.layers[0]?.digest ?? '') };
  });
}

test('each image gets its provenance in a bundle, once, whatever kind the key is of', async ({ world }) => {
  const kinds = {
    ed25519: generateKeyPairSync('ed25519'),
    p256: generateKeyPairSync('ec', { namedCurve: 'P-256' }),
  };
  for (const [prefix, pair] of Object.entries(kinds)) {
    const file = keyIn(world, `${prefix}.key`, pair);
    const ran = await push(world, prefix, '--confirm', '--sign', file);
    assert.is(ran.code, 0, ran.stderr);
    assert.match(ran.stdout, `3 images, 0.0 MB uploaded, statements signed by ${file}\n`);
    const pem = pair.publicKey.export({ type: 'spki', format: 'pem' }).toString();
    for (const { image, tag, digest = '' } of reportOf(world, release).images ?? []) {
      const referrers = referrersOf(world, `${prefix}/${image}`, tag);
      const types = [
        ...['https://slsa.dev/provenance/v1', 'urn:eksd-rebuild:equivalence:1'],
        ...['https://spdx.dev/Document', 'https://cyclonedx.org/bom'],
      ];
      assert.equal(
        referrers.map(({ descriptor }) => [descriptor.artifactType, descriptor.annotations]),
        types.map((type) => [
          bundleType,
          {
            'dev.sigstore.bundle.content': 'dsse-envelope',
            'dev.sigstore.bundle.predicateType': type,
          },
        ]),
      );
      for (const [at, { descriptor, manifest, text }] of referrers.entries()) {
        assert.equal([manifest.artifactType, manifest.annotations], [bundleType, descriptor.annotations]);
        assert.equal(
          manifest.layers.map(({ mediaType }) => mediaType),
          [bundleType],
        );
        const trusted = { keys: [{ name: 'ours', pem }], identities: [] };
        const { statement } = unwrap(await verifyBundle(text, image, trusted));
        assert.is(statement.predicateType, types[at]);
        assert.ok(statement.subject.some((each) => each.digest['sha256'] === digest.slice(7)));
      }
    }
    const writes = writesTo(world).length;
    const again = await push(world, prefix, '--confirm', '--sign', file);
    assert.is(again.code, 0, again.stderr);
    assert.equal(writesTo(world).slice(writes), [], 'what this key signed is found');
  }
  // Another one's does not stand for it.
  const other = keyIn(world, 'other.key', generateKeyPairSync('ed25519'));
  assert.is((await push(world, 'p256', '--confirm', '--sign', other)).code, 0);
  const { image = '', tag = '' } = reportOf(world, release).images?.[0] ?? {};
  assert.is(referrersOf(world, `p256/${image}`, tag).length, 8);
});

test('a bundle whose content is gone is no reason not to push: it is signed again', async ({ world }) => {
  const file = keyIn(world, 'gone.key', generateKeyPairSync('ec', { namedCurve: 'P-256' }));
  assert.is((await push(world, 'gone', '--confirm', '--sign', file)).code, 0);
  const { image = '', tag = '' } = reportOf(world, release).images?.[0] ?? {};
  const [first] = referrersOf(world, `gone/${image}`, tag);
  world.registry.content.delete(`gone/${image}@${first?.manifest.layers[0]?.digest}`);
  const again = await push(world, 'gone', '--confirm', '--sign', file);
  assert.is(again.code, 0, again.stderr);
  assert.is(referrersOf(world, `gone/${image}`, tag).length, 5);
});

test('neither key nor password is in anything that is said, kept or pushed', async ({ world }) => {
  const pair = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const [file, given] = [keyIn(world, 'sealed.key', pair, true), join(world.folder, 'password')];
  writeFileSync(given, `${password}\n`);
  const ran = await push(world, 'sealed', '--confirm', '--sign', file, '--sign-password-file', given);
  assert.is(ran.code, 0, ran.stderr);
  const { d = '' } = pair.privateKey.export({ format: 'jwk' });
  const secret = Buffer.from(d, 'base64url');
  const lines = readFileSync(file, 'utf8').split('\n').slice(1, -2);
  const secrets = [password, ...lines, secret.toString('base64'), secret.toString('hex'), d];
  const isClean = (text: string, where: string) => {
    for (const each of secrets) assert.not.ok(text.includes(each), where);
  };
  isClean(ran.stdout + ran.stderr, 'the screen');
  for (const [name, content] of world.registry.content) isClean(content.toString('latin1'), name);
  for (const name of readdirSync(world.folder, { recursive: true, encoding: 'utf8' })) {
    const path = join(world.folder, name);
    if (path === file || path === given || !existsSync(path) || !statSync(path).isFile()) continue;
    isClean(readFileSync(path, 'latin1'), name);
  }
});

test('what is built sees no token, password or key', async ({ world }) => {
  const file = keyIn(world, 'unseen.key', generateKeyPairSync('ed25519'), true);
  const seen = join(world.folder, 'goroot', 'environments');
  writeFileSync(seen, '');
  for (const on of [onBuildctl, (folder: string, text: string) => onGo(folder, 'build', text)])
    on(world.folder, 'env >> "$root/environments"');
  const secrets = {
    EKSD_REBUILD_KEY_PASSWORD: password,
    COSIGN_PASSWORD: 'of another key',
    SIGSTORE_ID_TOKEN: 'token-of-the-issuer',
    ACTIONS_ID_TOKEN_REQUEST_TOKEN: 'token-of-the-job',
    ACTIONS_ID_TOKEN_REQUEST_URL: 'https://token.example.com/?a=b',
  };
  const env = { ...world.host.env, ...secrets };
  const words = ['push', release, '--registry', `${world.registry.host}/unseen`, '--confirm', '--fresh'];
  const ran = await world.run([...words, '--sign', file], { env });
  assert.is(ran.code, 0, ran.stderr);
  const text = readFileSync(seen, 'utf8');
  assert.match(text, /^CGO_ENABLED=/m);
  for (const [name, value] of Object.entries(secrets)) {
    assert.not.match(text, name);
    assert.not.match(text, value);
  }
});

test('a key that cannot be used ends it before anything is pushed', async ({ world }) => {
  const file = keyIn(world, 'locked.key', generateKeyPairSync('ed25519'), true);
  const writes = writesTo(world).length;
  for (const [words, expected] of [
    [['--sign', file], /has a password, and nothing says it\./],
    [['--sign', join(world.folder, 'none')], /it is not there\./],
    [['--sign', 'keyless'], /the settings name no Fulcio\./],
    [['--sign', 'awskms:///nonsense'], /^After awskms:/m],
    [['--sign-password-file', file], /^--sign-password-file is of no use here/m],
  ] as const) {
    const ran = await push(world, 'never', '--confirm', ...words);
    assert.is(ran.code, 2, ran.stderr);
    assert.match(ran.stderr, expected);
  }
  assert.equal(writesTo(world).slice(writes), []);
});

test('--policy says what a key of KMS takes', async ({ world }) => {
  const arn = 'arn:aws:kms:eu-central-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab';
  const ran = await push(world, 'x', '--policy', '--sign', `awskms:///${arn}`);
  assert.is(ran.code, 0, ran.stderr);
  const [statement] = JSON.parse(ran.stdout).Statement;
  assert.equal(statement, { Action: ['kms:GetPublicKey', 'kms:Sign'], Effect: 'Allow', Resource: [arn] });
  const ecr = '111122223333.dkr.ecr.eu-central-1.amazonaws.com';
  const alias = 'arn:aws:kms:eu-central-1:111122223333:alias/releases';
  const both = await world.run([
    ...['push', release, '--registry', `${ecr}/eks`, '--policy', '--sign', `awskms:///${alias}`],
  ]);
  assert.is(both.code, 0, both.stderr);
  const grants: readonly { Action: string[]; Resource: string[]; Condition?: object }[] = JSON.parse(
    both.stdout,
  ).Statement;
  const ofKey = grants.find(({ Action }) => Action.includes('kms:Sign'));
  assert.equal(ofKey?.Resource, ['arn:aws:kms:eu-central-1:111122223333:key/*']);
  assert.equal(ofKey?.Condition, { 'ForAnyValue:StringEquals': { 'kms:ResourceAliases': 'alias/releases' } });
  assert.ok(grants.some(({ Action }) => Action.includes('ecr:PutImage')));
});

test.run();
