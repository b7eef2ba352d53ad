import type { Failure } from '../../core/failure.ts';
import { whyStrangePath } from '../../core/relative-path.ts';
import { err, ok, type Result } from '../../core/result.ts';

/** A place in S3. */
export interface BucketPlace {
  readonly bucket: string;
  /** What the keys of its objects begin with: empty, or with a slash at its end. */
  readonly prefix: string;
}

/** S3 user guide, "General purpose bucket naming rules". */
const bucketShape = /^(?!xn--|sthree-|amzn-s3-demo-)[a-z0-9](?:[a-z0-9.-]{1,61})[a-z0-9]$/;

/** Bytes of the longest key, less what the paths below may take. */
const longestPrefix = 512;

/** Reads `s3://bucket/prefix`. Errors: `usage`. */
export function readBucketPlace(text: string): Result<BucketPlace, Failure> {
  const [, bucket = '', path = ''] = /^s3:\/\/([^/]*)\/*(.*?)\/*$/s.exec(text) ?? [];
  const wrong = (why: string): Result<never, Failure> =>
    err({
      reason: 'usage',
      message: `${JSON.stringify(text)} ${why}.`,
      help: 'Name a bucket, and what its keys are to begin with: s3://bucket/prefix',
    });
  if (!text.startsWith('s3://')) return wrong('is no place in S3');
  if (!bucketShape.test(bucket) || /\.\.|\.-|-\.|^[0-9.]+$/.test(bucket)) return wrong('names no bucket');
  if (path === '') return ok({ bucket, prefix: '' });
  const why = /[?#%]/.test(path) ? 'holds a character that a URL has another use for' : whyStrangePath(path);
  if (why !== undefined) return wrong(`has a prefix that ${why}`);
  if (Buffer.byteLength(path) > longestPrefix)
    return wrong(`has a prefix of more than ${longestPrefix} bytes`);
  return ok({ bucket, prefix: `${path}/` });
}
