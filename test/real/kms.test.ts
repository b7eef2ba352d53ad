import { createHash, randomBytes, verify } from 'node:crypto';
import { KMS } from '@aws-sdk/client-kms';
import * as assert from 'uvu/assert';
import { openSigner } from '../../orchestrator/statement/sign/signer.ts';
import { exampleKeys } from '../rig/ecr.ts';
import { type FakeAws, startMoto } from '../rig/moto.ts';
import { suite } from '../rig/suite.ts';
import { host, told, unwrap } from '../statement/sign/rig.ts';

const test = suite<{ aws: FakeAws; kms: KMS }>('KMS as moto has it');

test.before(async (context, defer) => {
  context.aws = await startMoto();
  defer(() => context.aws.stop());
  const [accessKeyId, secretAccessKey] = Object.values(exampleKeys) as [string, string];
  const credentials = { accessKeyId, secretAccessKey };
  context.kms = new KMS({ endpoint: context.aws.url, region: 'eu-central-1', credentials });
});

async function make(kms: KMS, KeySpec: 'ECC_NIST_P256' | 'RSA_2048') {
  const { KeyMetadata } = await kms.createKey({ KeySpec, KeyUsage: 'SIGN_VERIFY' });
  return KeyMetadata?.Arn ?? '';
}

test('a key, and an alias of it, sign what its public key verifies', async ({ aws, kms }) => {
  const arn = await make(kms, 'ECC_NIST_P256');
  await kms.createAlias({ AliasName: 'alias/releases', TargetKeyId: arn });
  const alias = arn.replace(/key\/.*/, 'alias/releases');
  for (const name of [arn, alias]) {
    const at = host({ env: exampleKeys });
    const settings = { kms: { endpoint: aws.url } };
    const signer = unwrap(await openSigner({ sign: `awskms:///${name}` }, settings, at));
    const { PublicKey } = await kms.getPublicKey({ KeyId: arn });
    const base64 = signer.publicKey?.replace(/-----.*-----|\s/g, '');
    assert.is(base64, Buffer.from(PublicKey ?? []).toString('base64'));
    const data = randomBytes(10_000);
    const { signature } = await signer.sign(data);
    // moto knows nothing of digests (its models.py): it hashes once more what it is given.
    const hashed = createHash('sha256').update(data).digest();
    assert.ok(verify('sha256', hashed, signer.publicKey ?? '', signature));
  }
});

test('a key of another kind, and none', async ({ aws, kms }) => {
  const settings = { kms: { endpoint: aws.url } };
  const verdictOf = async (name: string) =>
    told(await openSigner({ sign: `awskms:///${name}` }, settings, host({ env: exampleKeys })));
  assert.match(
    await verdictOf(await make(kms, 'RSA_2048')),
    /signs by RSASSA.*, and ECDSA_SHA_256 on P-256 is needed/,
  );
  const arn = await make(kms, 'ECC_NIST_P256');
  assert.match(
    await verdictOf(arn.replace(/.$/, (last) => (last === '0' ? '1' : '0'))),
    /^There is no key arn:/,
  );
});

test.run();
