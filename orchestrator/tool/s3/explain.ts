import type { Failure } from '../../core/failure.ts';
import type { Doing } from '../aws/failure.ts';

/** What somebody can do about a bucket that is not as it should be, by what it is for. */
export interface BucketWords {
  /** The section of the settings. */
  readonly section: 'publish' | 'store';
  /** The command that prints the least policy. */
  readonly policy: string;
  /** Where its region is said. */
  readonly region: string;
}

interface Asked {
  readonly bucket: string;
  readonly region: string;
  readonly expectedOwner: string | undefined;
  readonly words: BucketWords;
}

/** Names of S3's errors where a bucket is in another region than was asked. */
const elsewhere = [
  ...['PermanentRedirect', 'TemporaryRedirect', 'AuthorizationHeaderMalformed'],
  ...['IllegalLocationConstraintException', 'IncorrectEndpoint'],
];

/** What arrived is not what was sent: another try may mend it. */
const garbled = ['BadDigest', 'XAmzContentSHA256Mismatch', 'XAmzContentChecksumMismatch', 'IncompleteBody'];

/** What S3's errors mean where a bucket was named, and what to do (S3 API reference, "Error responses"). */
export function explainS3({ bucket, region, expectedOwner, words }: Asked): NonNullable<Doing['explain']> {
  return ({ name, said, status }, error, what): Failure | undefined => {
    if (name === 'NoSuchBucket') {
      const help = 'Name another one, or make it: none is made here.';
      return { reason: 'usage', message: `There is no bucket ${bucket}, so ${what} failed.`, help };
    }
    const found = regionIn(error);
    // What stands between leads elsewhere by a page.
    const isLedAway = (status === 301 || status === 307) && (name !== 'Error' || found !== undefined);
    if (elsewhere.includes(name) || isLedAway) {
      const where = found === undefined ? 'in another region' : `in ${found}`;
      return {
        reason: 'usage',
        message: `The bucket ${bucket} is ${where}, and ${region} was asked for it: ${name}: ${said}`,
        help: found === undefined ? `Say which: ${words.region}.` : `Give ${words.region} ${found}.`,
      };
    }
    // An answer to HEAD has no body that says more.
    if (
      status === 403 &&
      /^(AccessDenied|AllAccessDisabled|Forbidden|Unknown|UnknownError|403)$/.test(name)
    ) {
      const owner =
        expectedOwner === undefined
          ? ''
          : ` The bucket ${bucket} may be of another account than ${expectedOwner}.`;
      return {
        reason: 'usage',
        message: `S3 does not allow ${what}: ${name}: ${said}.${owner}`.replace('..', '.'),
        help: `Give the user or role the policy that "${words.policy}" prints; a policy of the bucket, or a block of public access, may forbid it too.`,
      };
    }
    // Nor has one that credentials have expired.
    if (status === 400 && /^(Unknown|UnknownError|BadRequest|400)$/.test(name)) {
      const message = `S3 refuses ${what}, and does not say why: credentials that have expired meanwhile are answered so.`;
      return { reason: 'usage', message, help: 'Sign in again, and run again: what was written stays.' };
    }
    if (name.startsWith('KMS.') || name === 'KMSDisabledException') {
      const help =
        'Look at the key that the bucket or the command names: its region, its policy, and whether it is enabled.';
      return { reason: 'usage', message: `KMS refuses ${what}: ${name}: ${said}`, help };
    }
    if (garbled.includes(name)) return { reason: 'network', what, detail: `${name}: ${said}` };
    if (status === 501 || name === 'NotImplemented') {
      const help = 'Nothing is written safely without conditional writes and SHA-256: take another S3.';
      return { reason: 'usage', message: `This S3 cannot do what ${what} takes: ${name}: ${said}`, help };
    }
    if (name === 'AccessControlListNotSupported') {
      const help = 'Leave --public-read out, and let a policy of the bucket say who reads it.';
      return { reason: 'usage', message: `The bucket ${bucket} has no access control lists: ${said}`, help };
    }
    return undefined;
  };
}

/** The region that S3 names, in the answer's head or in the error itself. */
function regionIn(error: Error): string | undefined {
  const { $response, Region } = error as { readonly $response?: unknown; readonly Region?: unknown };
  const headers = ($response as { readonly headers?: Readonly<Record<string, string>> } | undefined)?.headers;
  const found = headers?.['x-amz-bucket-region'] ?? Region;
  return typeof found === 'string' && /^[a-z0-9-]{4,40}$/.test(found) ? found : undefined;
}
