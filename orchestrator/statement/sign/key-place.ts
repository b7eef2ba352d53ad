import { readArn, whyNoKmsArn } from '../../core/aws/arn.ts';
import type { Failure } from '../../core/failure.ts';
import { err, ok, type Result } from '../../core/result.ts';

/** What `attest`, `push` and `release` are told of signing. No word holds a secret: those come by the environment, or in files. */
export interface SignWords {
  /** A file with a private key, `awskms:///ARN`, or `keyless`. */
  readonly sign?: string;
  /** A file whose first line is the password of the key. */
  readonly signPasswordFile?: string;
}

/** Where the key is that signs. */
export type KeyPlace =
  | { readonly kind: 'file'; readonly path: string }
  | KmsKey
  /** A key that is made for the occasion, and a certificate for it of Fulcio, which has a token's word for who that is. */
  | { readonly kind: 'keyless' };

/** A key of AWS KMS, by its ARN or that of an alias. */
export interface KmsKey {
  readonly kind: 'kms';
  readonly arn: string;
  readonly region: string;
}

/** Undefined where nothing is to be signed. Errors: `usage`. */
export function keyPlaceOf({ sign, signPasswordFile }: SignWords): Result<KeyPlace | undefined, Failure> {
  const place = sign === undefined ? ok(undefined) : readKeyPlace(sign);
  if (!place.ok || signPasswordFile === undefined || place.value?.kind === 'file') return place;
  return err({
    reason: 'usage',
    message: '--sign-password-file is of no use here: only a key in a file has a password.',
    help: 'Leave it out, or name the file of the key by --sign FILE.',
  });
}

const keyItself: Failure = {
  reason: 'usage',
  message:
    'After --sign stands a key, and not where one is: a command line is seen by everybody on this machine, and kept.',
  help: 'Name the file that has it. Whom the key is to speak for should get another.',
};

function readKeyPlace(text: string): Result<KeyPlace, Failure> {
  if (text === 'keyless') return ok({ kind: 'keyless' });
  if (text.includes('-----BEGIN')) return err(keyItself);
  const [, scheme, rest = ''] = /^([a-z][a-z0-9+.-]*):\/\/(.*)$/is.exec(text) ?? [];
  if (scheme === undefined) return ok({ kind: 'file', path: text });
  const arn = rest.replace(/^\//, '');
  const isKms = scheme === 'awskms' && rest.startsWith('/');
  const why = isKms ? whyNoKmsArn(arn) : undefined;
  if (isKms && why === undefined) return ok({ kind: 'kms', arn, region: readArn(arn)?.region ?? '' });
  const wrong = `After awskms:/// stands the ARN of a key, or of an alias, of AWS KMS${why === undefined ? '' : `: ${JSON.stringify(arn)} ${why}`}.`;
  const message = scheme === 'awskms' ? wrong : `Nothing here signs by ${scheme}://.`;
  const help =
    'Name a file with a private key, awskms:///arn:aws:kms:REGION:ACCOUNT:key/ID, or "keyless". Another address of KMS is "sign.kms" of the settings.';
  return err({ reason: 'usage', message, help });
}
