import type { S3 } from '@aws-sdk/client-s3';
import type { Failure } from '../../core/failure.ts';
import type { Result } from '../../core/result.ts';
import { type AwsOptions, type CallOptions, openAws } from '../aws/session.ts';
import { type BucketWords, explainS3 } from './explain.ts';
import type { BucketPlace } from './place.ts';

/** A bucket, and how it is reached. */
interface BucketOptions extends Pick<AwsOptions, 'env' | 'findProxy' | 'signal'> {
  readonly place: BucketPlace;
  readonly region: string;
  /** Another address than AWS's: `{region}` is replaced. */
  readonly endpoint: string | undefined;
  /** The account that the bucket has to belong to: S3 refuses every call where it does not. */
  readonly expectedOwner: string | undefined;
  readonly words: BucketWords;
}

/** A place in S3. */
export interface Bucket {
  readonly place: BucketPlace;
  readonly region: string;
  /** Does something there: see `attempt`. @param what is what is being done. */
  call<T>(what: string, deed: (client: S3, options: CallOptions) => Promise<T>): Promise<Result<T, Failure>>;
  /** What every call names. */
  readonly named: { readonly Bucket: string; readonly ExpectedBucketOwner?: string };
  /** The key of what lies at a path below the place. */
  keyOf(path: string): string;
  /** `s3://bucket/prefix/path` */
  shown(path: string): string;
}

/** Milliseconds that a connection may stand still: how long a part takes is the line's business. */
const socketTimeout = 60_000;

/** Opens a bucket; asks nothing yet. */
export function openBucket({
  place,
  region,
  endpoint,
  expectedOwner,
  words,
  ...options
}: BucketOptions): Bucket {
  const aws = openAws({
    ...options,
    section: words.section,
    policy: words.policy,
    explain: explainS3({ bucket: place.bucket, region, expectedOwner, words }),
  });
  const { configuration } = aws;
  const client = () =>
    aws.once('s3', async () => {
      const { S3 } = await import('@aws-sdk/client-s3');
      const requestHandler = { ...configuration.requestHandler, requestTimeout: 0, socketTimeout };
      return new S3({
        ...{ ...configuration, requestHandler, region, ...addressOf(endpoint, region) },
        // The SDK says so by an error of a stream, which ends the program where nobody reads any more. Readers hash what they get.
        responseChecksumValidation: 'WHEN_REQUIRED',
      });
    });
  const keyOf = (path: string) => `${place.prefix}${path}`;
  return {
    place,
    region,
    named: {
      Bucket: place.bucket,
      ...(expectedOwner === undefined ? {} : { ExpectedBucketOwner: expectedOwner }),
    },
    call: (what, deed) => aws.call(what, async (given) => deed(await client(), given)),
    keyOf,
    shown: (path) => `s3://${place.bucket}/${keyOf(path)}`,
  };
}

/** A bucket's name before another host's would be a name that nobody has. */
function addressOf(endpoint: string | undefined, region: string): object {
  if (endpoint === undefined) return {};
  const given = endpoint.replaceAll('{region}', region);
  return { endpoint: given, forcePathStyle: true, useFipsEndpoint: false, useDualstackEndpoint: false };
}
