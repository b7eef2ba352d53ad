import { partitionOf } from '../../core/aws/partition.ts';
import { type IamPolicy, policyOf } from '../../tool/aws/iam-policy.ts';
import type { BucketPlace } from '../../tool/s3/place.ts';

/** What a machine does with a shared store: each of them does what those before it do. */
export type SharedUse = 'read' | 'write' | 'gc';

/**
 * The least that must be allowed for a use of a shared store in S3 (Service authorization reference, "Actions, resources, and condition
 * keys for Amazon S3"). A lease is all that a writer takes away.
 */
export function sharedPolicy({ bucket, prefix }: BucketPlace, region: string, use: SharedUse): IamPolicy {
  const arn = `arn:${partitionOf(region).name}:s3:::${bucket}`;
  const on = (path: string, ...actions: readonly string[]) =>
    actions.map((action) => ({ action: `s3:${action}`, resource: `${arn}/${prefix}${path}` }));
  // Without it, S3 says of what is not there that it is forbidden. Asking for one object names no prefix.
  const condition = prefix === '' ? undefined : { StringLikeIfExists: { 's3:prefix': [`${prefix}*`] } };
  return policyOf([
    { action: 's3:ListBucket', resource: arn, condition },
    ...on('*', 'GetObject'),
    ...(use === 'read'
      ? []
      : [...on('*', 'PutObject', 'AbortMultipartUpload'), ...on('leases/*', 'DeleteObject')]),
    ...(use === 'gc'
      ? [{ action: 's3:ListBucketMultipartUploads', resource: arn }, ...on('*', 'DeleteObject')]
      : []),
  ]);
}
