import { generateKeyPairSync, type KeyObject, randomBytes, scryptSync } from 'node:crypto';
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import nacl from 'tweetnacl';
import * as assert from 'uvu/assert';
import { openSigner } from '../../../orchestrator/statement/sign/signer.ts';
import { suite } from '../../rig/suite.ts';
import { host, keyPair, publicPem, signedBy, signer, told, unwrap } from './rig.ts';

const test = suite<{ folder: string }>('who signs');

test.before.each((context, defer) => {
  context.folder = mkdtempSync(join(tmpdir(), 'signer-'));
  defer(() => rmSync(context.folder, { recursive: true }));
});

const password = 'a password of the key';

function write(folder: string, name: string, content: string): string {
  writeFileSync(join(folder, name), content);
  return join(folder, name);
}

/** As `cosign generate-key-pair` writes it. */
function boxed(pkcs8: Buffer, N = 16_384): string {
  const [salt, nonce] = [randomBytes(32), randomBytes(24)];
  const key = scryptSync(password, salt, 32, { N, r: 8, p: 1, maxmem: 2 ** 29 });
  const body = {
    kdf: { name: 'scrypt', params: { N, r: 8, p: 1 }, salt: salt.toString('base64') },
    cipher: { name: 'nacl/secretbox', nonce: nonce.toString('base64') },
    ciphertext: Buffer.from(nacl.secretbox(pkcs8, nonce, key)).toString('base64'),
  };
  const lines =
    Buffer.from(JSON.stringify(body))
      .toString('base64')
      .match(/.{1,64}/g) ?? [];
  const type = 'ENCRYPTED SIGSTORE PRIVATE KEY';
  return `-----BEGIN ${type}-----\n${lines.join('\n')}\n-----END ${type}-----\n`;
}

const pemOf = (key: KeyObject, type: 'pkcs8' | 'sec1', sealed = false): string => {
  const cipher = sealed ? { cipher: 'aes-256-cbc', passphrase: password } : {};
  return String(key.export({ format: 'pem', type, ...cipher }));
};

test('keys are taken as openssl and cosign write them', async ({ folder }) => {
  const [edwards, nist] = [
    generateKeyPairSync('ed25519'),
    generateKeyPairSync('ec', { namedCurve: 'P-256' }),
  ];
  const files = [
    [edwards, pemOf(edwards.privateKey, 'pkcs8')],
    [edwards, pemOf(edwards.privateKey, 'pkcs8', true)],
    [nist, pemOf(nist.privateKey, 'pkcs8', true)],
    [nist, pemOf(nist.privateKey, 'sec1')],
    [nist, pemOf(nist.privateKey, 'sec1', true)],
    [nist, boxed(nist.privateKey.export({ type: 'pkcs8', format: 'der' }))],
  ] as const;
  for (const [{ publicKey }, content] of files) {
    const at = host({ env: { EKSD_REBUILD_KEY_PASSWORD: password } });
    const by = await signer(write(folder, 'key', content), at);
    assert.is(by.publicKey, publicKey.export({ type: 'spki', format: 'pem' }));
  }
});

test('the same statement by the same Ed25519 key gives the same bytes', async ({ folder }) => {
  const file = write(folder, 'key', keyPair('ed25519').pem);
  assert.is(await signedBy(file), await signedBy(file));
});

test('a password comes by the environment or in a file, and is withheld from then on', async ({ folder }) => {
  const { key } = keyPair('ed25519');
  const sealed = key.export({ type: 'pkcs8', format: 'pem', cipher: 'aes-256-cbc', passphrase: password });
  const file = write(folder, 'key', sealed.toString());
  const given = write(folder, 'password', `${password}\r\nanother line\n`);
  for (const [env, signPasswordFile] of [
    [{ COSIGN_PASSWORD: password }],
    [{ COSIGN_PASSWORD: 'another', EKSD_REBUILD_KEY_PASSWORD: password }],
    [{ COSIGN_PASSWORD: 'another' }, given],
  ] as const) {
    const at = host({ env });
    unwrap(await openSigner({ sign: file, ...(signPasswordFile && { signPasswordFile }) }, {}, at));
    assert.equal(at.credentials.all(), [{ place: '', user: '', password }]);
  }
  const wrong = host({ env: { COSIGN_PASSWORD: 'a wrong one' } });
  assert.match(told(await openSigner({ sign: file }, {}, wrong)), /^The key .*\/key is not opened by this/);
  assert.match(
    told(await openSigner({ sign: file }, {}, host())),
    /^The key .* has a password, and nothing.*\n.*store\.signPasswordFile of the settings/,
  );
});

test('what is no key, or of another kind, is refused without a word of what is in it', async ({ folder }) => {
  const { key, pem } = keyPair('P-256');
  const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey;
  const p224 = generateKeyPairSync('ec', { namedCurve: 'secp224r1' }).privateKey;
  const files = [
    [pem.replace(/\n[A-Za-z0-9+/]{10}/, '\nAAAAAAAAAA'), /^The key \S+ is none that can be read\.\n/],
    [publicPem(key), /^The key \S+ is a public one, which signs nothing\.\n/],
    [pemOf(rsa, 'pkcs8'), /^The key \S+ is of the kind rsa; Ed25519 and ECDSA P-256 are taken\.\n/],
    [pemOf(p224, 'sec1'), /^The key \S+ is of the kind ec secp224r1; Ed/],
    ['hello', /^The key \S+ is none that can be read\.\n/],
    [boxed(Buffer.from('no key at all')), /^The key \S+ is none that can be read\.\n/],
    [boxed(Buffer.from('x'), 1024), /^The key \S+ is not what cosign writes as a key\.\n/],
    [
      boxed(Buffer.from('x')).replace(/\n[A-Za-z0-9+/]{20}/, '\nAAAAAAAAAAAAAAAAAAAA'),
      /^The key \S+ is not what cosign writes as a key\.\n/,
    ],
  ] as const;
  for (const [content, expected] of files) {
    const file = write(folder, 'key', content);
    const at = host({ env: { EKSD_REBUILD_KEY_PASSWORD: password } });
    const said = told(await openSigner({ sign: file }, {}, at));
    assert.match(said, expected);
    for (const line of content.split('\n').filter((each) => each.length > 20 && !each.startsWith('---')))
      assert.not.match(said, line);
  }
});

test('a key that others may read is used, and that is told', async ({ folder }) => {
  for (const [mode, expected] of [
    [0o600, ''],
    [0o400, ''],
    [0o644, /^Others than its owner may read (\S+), by which is signed: chmod 600 \1\n$/],
    [0o640, /^Others than its owner may read /],
  ] as const) {
    const file = write(folder, `key-${mode}`, keyPair('P-256').pem);
    chmodSync(file, mode);
    const said: string[] = [];
    const at = host();
    unwrap(
      await openSigner(
        { sign: file },
        {},
        { ...at, stderr: { ...at.stderr, write: (text) => said.push(text) } },
      ),
    );
    if (expected === '') assert.equal(said, []);
    else assert.match(said.join(''), expected);
  }
});

test('what --sign may name', async () => {
  const arn = 'arn:aws:kms:eu-central-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab';
  const refused = [
    ['awskms://arn:aws:kms:eu-central-1:111122223333:key/1', /^After awskms:\/\/\/ stands the ARN/],
    [
      'awskms:///arn:aws:kms:cn-north-1:111122223333:key/1',
      /cn-north-1 is in the partition aws-cn, not in aws/,
    ],
    ['awskms:///1234abcd', /^After awskms:\/\/\/ stands the ARN/],
    [`awskms:///${arn}/x`, /^After awskms:\/\/\/ stands the ARN/],
    [keyPair('ed25519').pem, /^After --sign stands a key, and not where one is: [^-]*$/],
    ['gcpkms://projects/x', /^Nothing here signs by gcpkms:\/\/\./],
    ['/no/such/file', /^Cannot read \/no\/such\/file for the key: it is not there\./],
    ['/dev/zero', /^Cannot read \/dev\/zero for the key: it is a device, and no file\./],
    ['keyless', /^Nothing can be signed keyless: the settings name no Fulcio\./],
  ] as const;
  for (const [sign, expected] of refused)
    assert.match(told(await openSigner({ sign }, {}, host())), expected);
  assert.match(
    told(await openSigner({ sign: `awskms:///${arn}`, signPasswordFile: '/x' }, {}, host())),
    /^--sign-password-file is of no use here/,
  );
});

test.run();
