import { generateKeyPairSync } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as assert from 'uvu/assert';
import { digestOf } from '../../orchestrator/core/digest.ts';
import { verifyBundle } from '../../orchestrator/statement/sign/verify-bundle.ts';
import { closeFakes } from '../oci/registry/fake-registry.ts';
import { type ImageWorld, imageWorld } from '../rig/image-world.ts';
import { pathsIn } from '../rig/site-world.ts';
import { suite } from '../rig/suite.ts';
import { release } from '../rig/world-content.ts';
import { unwrap } from '../statement/sign/rig.ts';

const test = suite<{ world: ImageWorld }>('attest --sign');

test.before(async (context, defer) => {
  defer(closeFakes);
  context.world = await imageWorld();
});

test('every statement lies by digest in a bundle, and the public key where it was asked for', async ({
  world,
}) => {
  const { privateKey, publicKey } = generateKeyPairSync('ed25519');
  const key = join(world.folder, 'attest.key');
  writeFileSync(key, privateKey.export({ type: 'pkcs8', format: 'pem' }));
  const attest = (output: string) =>
    world.run(['attest', release, '--output', output, '--sign', key, '--public-key', 'attest.pub']);
  const ran = await attest('signed');
  assert.is(ran.code, 0, ran.stderr);
  assert.match(ran.stderr, new RegExp(`statements in signed, signed by ${key}\\n`));
  const pem = readFileSync(join(world.root, 'attest.pub'), 'utf8');
  assert.is(pem, publicKey.export({ type: 'spki', format: 'pem' }));
  const folder = join(world.root, 'signed');
  const paths = pathsIn(folder).filter((path) => path !== 'index.json');
  assert.ok(paths.length > 5);
  const trusted = { keys: [{ name: 'ours', pem }], identities: [] };
  const { statements } = JSON.parse(readFileSync(join(folder, 'index.json'), 'utf8'));
  for (const path of paths) {
    assert.match(path, /^sha256\/[0-9a-f]{64}\/[a-z0-9-]+\.sigstore\.json$/);
    const text = readFileSync(join(folder, path), 'utf8');
    const { statement } = unwrap(await verifyBundle(text, path, trusted));
    const [, digest] = path.split('/');
    assert.ok(statement.subject.some((each) => each.digest['sha256'] === digest));
    const row = statements.find((each: { path: string }) => each.path === path);
    assert.equal([row?.sha256, row?.predicateType], [digestOf(text), statement.predicateType]);
  }
  assert.is((await attest('again')).code, 0);
  for (const path of paths)
    assert.is(
      readFileSync(join(world.root, 'again', path), 'utf8'),
      readFileSync(join(folder, path), 'utf8'),
    );
});

test('by a key whose signatures differ each time, what it signed is taken as it is, and what another did is not', async ({
  world,
}) => {
  const keys = ['one', 'two'].map((name) => {
    const key = join(world.folder, `${name}.key`);
    const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    writeFileSync(key, privateKey.export({ type: 'pkcs8', format: 'pem' }), { mode: 0o600 });
    return key;
  });
  const attest = async (key = '') => {
    const ran = await world.run(['attest', release, '--no-images', '--output', 'kept', '--sign', key]);
    assert.is(ran.code, 0, ran.stderr);
    const folder = join(world.root, 'kept');
    return Object.fromEntries(
      pathsIn(folder).map((path) => [path, readFileSync(join(folder, path), 'utf8')]),
    );
  };
  const first = await attest(keys[0]);
  assert.equal(await attest(keys[0]), first);
  const other = await attest(keys[1]);
  for (const [path, text] of Object.entries(first)) assert.is.not(other[path], text, path);
  const [damaged = ''] = Object.keys(other).filter((path) => path.includes('provenance'));
  writeFileSync(join(world.root, 'kept', damaged), other[damaged]?.replace('"sig":"', '"sig":"AAAA') ?? '');
  const healed = await attest(keys[1]);
  assert.is.not(healed[damaged], other[damaged]);
  assert.equal({ ...healed, [damaged]: '', 'index.json': '' }, { ...other, [damaged]: '', 'index.json': '' });
});

test('words that do nothing, and a key that is none, end it before anything is built', async ({ world }) => {
  for (const [words, expected] of [
    [['--public-key', 'x.pub'], /--public-key does nothing without --sign\./],
    [['--sign', 'keyless', '--public-key', 'x.pub'], /--public-key does nothing beside --sign keyless\./],
    [['--sign', 'none'], /it is not there\./],
    [['--sign-password-file', 'x'], /--sign-password-file is of no use here/],
  ] as const) {
    const ran = await world.run(['attest', release, '--output', 'never', ...words]);
    assert.is(ran.code, 2, ran.stderr);
    assert.match(ran.stderr, expected);
  }
  assert.not.ok(existsSync(join(world.root, 'never')));
});

test.run();
