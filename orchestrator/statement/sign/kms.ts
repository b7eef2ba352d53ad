import { createPublicKey } from 'node:crypto';
import type { KMS } from '@aws-sdk/client-kms';
import type { SignSettings } from '../../config/settings/sign.ts';
import { digestOf } from '../../core/digest.ts';
import type { Failure } from '../../core/failure.ts';
import { err, ok, type Result } from '../../core/result.ts';
import type { Doing } from '../../tool/aws/failure.ts';
import { type AwsOptions, openAws } from '../../tool/aws/session.ts';
import type { KmsKey } from './key-place.ts';
import { type PublicKey, publicKeyOf } from './public-key.ts';

/** A key that signs where it is. */
export interface RemoteKey {
  readonly publicKey: PublicKey;
  sign(data: Buffer): Promise<Result<Buffer, Failure>>;
}

interface KmsOptions extends Pick<AwsOptions, 'env' | 'findProxy' | 'signal'> {
  readonly settings: NonNullable<SignSettings['kms']>;
}

/** Milliseconds: five tries of a minute. */
const callLimit = 300_000;

/**
 * A key of AWS KMS. It signs digests, of which it takes those of ECDSA alone: an Ed25519 key there takes no more than 4096 bytes, and
 * many a statement has more (KMS API reference, "Sign"). Errors: those of `attempt`; `usage` where the key does not sign so.
 */
export async function openKmsKey(
  { arn, region }: KmsKey,
  { settings, ...options }: KmsOptions,
): Promise<Result<RemoteKey, Failure>> {
  const explain = explainKms(arn);
  const aws = openAws({ ...options, section: 'sign', policy: 'push --policy', callLimit, explain });
  const { endpoint } = settings;
  const address =
    endpoint === undefined
      ? {}
      : {
          endpoint: endpoint.replaceAll('{region}', region),
          useFipsEndpoint: false,
          useDualstackEndpoint: false,
        };
  const client = () =>
    aws.once<KMS>('kms', async () => {
      const { KMS } = await import('@aws-sdk/client-kms');
      return new KMS({ ...aws.configuration, region, ...address });
    });
  const answer = await aws.call(`asking for the key ${arn}`, async (given) =>
    (await client()).getPublicKey({ KeyId: arn }, given),
  );
  if (!answer.ok) return answer;
  const { PublicKey: der, KeyUsage, SigningAlgorithms = [] } = answer.value;
  if (KeyUsage !== 'SIGN_VERIFY' || der === undefined || !SigningAlgorithms.includes('ECDSA_SHA_256'))
    return err(noSigner(arn, SigningAlgorithms));
  const publicKey = publicKeyOf(createPublicKey({ key: Buffer.from(der), format: 'der', type: 'spki' }));
  if (!publicKey.ok) return err(noSigner(arn, SigningAlgorithms));
  return ok({
    publicKey: publicKey.value,
    async sign(data) {
      const signed = await aws.call(`signing by ${arn}`, async (given) =>
        (await client()).sign(
          {
            ...{ KeyId: arn, Message: Buffer.from(digestOf(data), 'hex'), MessageType: 'DIGEST' },
            SigningAlgorithm: 'ECDSA_SHA_256',
          },
          given,
        ),
      );
      return signed.ok ? ok(Buffer.from(signed.value.Signature ?? [])) : signed;
    },
  });
}

function noSigner(arn: string, algorithms: readonly string[]): Failure {
  const does = algorithms.length === 0 ? 'does not sign' : `signs by ${algorithms.join(', ')}`;
  return {
    reason: 'usage',
    message: `The key ${arn} ${does}, and ECDSA_SHA_256 on P-256 is needed.`,
    help: 'Make one of the kind ECC_NIST_P256 for signing and verifying.',
  };
}

function explainKms(arn: string): NonNullable<Doing['explain']> {
  return ({ name, said }): Failure | undefined => {
    const message = {
      NotFoundException: `There is no key ${arn}.`,
      DisabledException: `The key ${arn} is disabled.`,
      KMSInvalidStateException: `The key ${arn} cannot be used as it is: ${said}`,
      InvalidKeyUsageException: `The key ${arn} is not for signing.`,
      UnsupportedOperationException: `The key ${arn} is not for signing.`,
    }[name];
    const help = 'Look at the key in KMS; --sign names its ARN, with the region and account that it is in.';
    return message === undefined ? undefined : { reason: 'usage', message, help };
  };
}
