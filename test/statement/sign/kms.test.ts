import { createHash, generateKeyPairSync, sign } from 'node:crypto';
import * as assert from 'uvu/assert';
import { signStatement } from '../../../orchestrator/statement/sign/sign-statement.ts';
import { openSigner } from '../../../orchestrator/statement/sign/signer.ts';
import { verifyBundle } from '../../../orchestrator/statement/sign/verify-bundle.ts';
import { type Answer, type FakeAws, startAws } from '../../rig/moto.ts';
import { suite } from '../../rig/suite.ts';
import { host, statement, text, told, unwrap } from './rig.ts';

const test = suite('a key of KMS');

const arn = 'arn:aws:kms:eu-central-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab';
const env = { AWS_ACCESS_KEY_ID: 'AKIAEXAMPLE', AWS_SECRET_ACCESS_KEY: 'secret-access-key' };
const pair = generateKeyPairSync('ec', { namedCurve: 'P-256' });
const der = pair.publicKey.export({ type: 'spki', format: 'der' });

const publicKey = {
  ...{ KeyId: arn, KeyUsage: 'SIGN_VERIFY', KeySpec: 'ECC_NIST_P256', SigningAlgorithms: ['ECDSA_SHA_256'] },
  PublicKey: der.toString('base64'),
};

async function withKms(answer: Answer, deed: (aws: FakeAws) => Promise<void>): Promise<void> {
  const aws = await startAws(answer);
  try {
    await deed(aws);
  } finally {
    await aws.stop();
  }
}

test('signs a digest, whatever the size of the statement, in the region of the ARN', async () => {
  const answer: Answer = ({ operation, input }) => {
    if (operation === 'GetPublicKey') return { status: 200, body: publicKey };
    const digest = Buffer.from(String(input['Message']), 'base64');
    assert.is(digest.length, 32);
    // What is signed again is not hashed again: that takes more than node has, so the text itself is.
    const encoded = Buffer.from(`DSSEv1 28 application/vnd.in-toto+json ${Buffer.byteLength(text)} ${text}`);
    assert.ok(createHash('sha256').update(encoded).digest().equals(digest));
    return { status: 200, body: { Signature: sign('sha256', encoded, pair.privateKey).toString('base64') } };
  };
  await withKms(answer, async ({ url, calls }) => {
    const at = host({ env });
    const signer = unwrap(await openSigner({ sign: `awskms:///${arn}` }, { kms: { endpoint: url } }, at));
    const bundle = unwrap(await signStatement(signer, text, at));
    const pem = pair.publicKey.export({ type: 'spki', format: 'pem' }).toString();
    const trusted = { keys: [{ name: 'kms', pem }], identities: [] };
    assert.equal(unwrap(await verifyBundle(bundle, 'a', trusted)).statement, statement);
    assert.equal(
      calls.map(({ operation, region, input }) => [operation, region, input['KeyId']]),
      [
        ['GetPublicKey', 'eu-central-1', arn],
        ['Sign', 'eu-central-1', arn],
      ],
    );
    assert.equal(
      [calls[1]?.input['SigningAlgorithm'], calls[1]?.input['MessageType']],
      ['ECDSA_SHA_256', 'DIGEST'],
    );
  });
});

test('what KMS refuses is told in words, and what does not sign so', async () => {
  const said = (type: string) => ({ status: 400, body: { __type: type, message: 'no' } });
  const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 }).publicKey;
  const spki = (key: typeof rsa) => key.export({ type: 'spki', format: 'der' }).toString('base64');
  const p384 = generateKeyPairSync('ec', { namedCurve: 'P-384' }).publicKey;
  for (const [given, expected] of [
    [said('NotFoundException'), /^There is no key arn:aws:kms:eu-central-1:111122223333:key\/1234abcd/],
    [said('DisabledException'), /^The key arn:\S+ is disabled\./],
    [said('UnsupportedOperationException'), /^The key arn:\S+ is not for signing\./],
    [
      said('AccessDeniedException'),
      /^AWS does not allow asking for the key arn:[\s\S]*"push --policy" prints/,
    ],
    [
      { status: 200, body: { ...publicKey, KeyUsage: 'ENCRYPT_DECRYPT', SigningAlgorithms: [] } },
      /^The key arn:\S+ does not sign, and ECDSA_SHA_256 on P-256 is needed\./,
    ],
    [
      {
        status: 200,
        body: { ...publicKey, SigningAlgorithms: ['RSASSA_PSS_SHA_256'], PublicKey: spki(rsa) },
      },
      /^The key arn:\S+ signs by RSASSA_PSS_SHA_256, and/,
    ],
    [
      { status: 200, body: { ...publicKey, PublicKey: spki(p384) } },
      /and ECDSA_SHA_256 on P-256 is needed\./,
    ],
  ] as const) {
    await withKms(
      () => given,
      async ({ url }) => {
        const kms = { endpoint: url };
        const opened = await openSigner({ sign: `awskms:///${arn}` }, { kms }, host({ env }));
        assert.match(told(opened), expected);
        assert.not.match(told(opened), env.AWS_SECRET_ACCESS_KEY);
      },
    );
  }
});

test.run();
