import { partitionOf } from '../core/aws/partition.ts';
import { type Grant, type IamPolicy, policyOf } from '../tool/aws/iam-policy.ts';
import type { BucketPlace } from '../tool/s3/place.ts';
import { recordPath } from './announce/record.ts';
import { artifactsFolder, changelogPath, channelPath, crdPaths, manifestPath } from './layout.ts';
import type { Keeping } from './s3/headers.ts';

/** What the policy of a publication comes from: nobody is asked what is there. */
export interface PolicySubject {
  readonly place: BucketPlace;
  readonly region: string;
  readonly account: string | undefined;
  readonly channel: string;
  readonly number: number;
  readonly keeping: Keeping;
  /** The ARN, where the release is announced. */
  readonly topic: string | undefined;
}

/**
 * The least that must be allowed for planning a publication and carrying it out, whatever is there (Service authorization reference,
 * "Actions, resources, and condition keys for Amazon S3", and S3 user guide, "Multipart upload and permissions").
 */
export function leastPolicy(subject: PolicySubject): IamPolicy {
  const { place, region, channel, number, keeping, topic } = subject;
  const bucket = `arn:${partitionOf(region).name}:s3:::${place.bucket}`;
  const on = (paths: readonly string[], actions: readonly string[]): readonly Grant[] =>
    paths.flatMap((path) =>
      actions.map((action) => ({ action: `s3:${action}`, resource: `${bucket}/${place.prefix}${path}` })),
    );
  const manifest = manifestPath(channel, number);
  const artifacts = `${artifactsFolder(channel, number)}/*`;
  const changelog = changelogPath(channel, number);
  const files = [...Object.values(crdPaths), artifacts, changelog, manifest, channelPath(channel)];
  const all = topic === undefined ? files : [...files, recordPath(manifest)];
  // Without it, S3 says of what is not there that it is forbidden. Asking for one object names no prefix.
  const below =
    place.prefix === '' ? undefined : { StringLikeIfExists: { 's3:prefix': [`${place.prefix}*`] } };
  return policyOf([
    { action: 's3:ListBucket', resource: bucket, condition: below },
    { action: 's3:ListBucketMultipartUploads', resource: bucket },
    ...on(all, ['GetObject', 'PutObject']),
    ...on([artifacts], ['AbortMultipartUpload']),
    ...(keeping.publicRead ? on(files, ['PutObjectAcl']) : []),
    ...keyGrants(subject),
    ...(topic === undefined
      ? []
      : ['GetTopicAttributes', 'Publish'].map((call) => ({ action: `sns:${call}`, resource: topic }))),
  ]);
}

/** S3 has a key of the account's make data keys, and reads parts back by it; the key that AWS manages allows that by itself. */
function keyGrants({ keeping, region, account = '*' }: PolicySubject): readonly Grant[] {
  const key = keeping.encryption.type === 'KMS' ? keeping.encryption.kmsKey : undefined;
  if (key === undefined) return [];
  const [, alias] = /(?:^|:)(alias\/.+)$/.exec(key) ?? [];
  const prefix =
    /^arn:[^:]+:kms:[^:]+:[^:]+:/.exec(key)?.[0] ??
    `arn:${partitionOf(region).name}:kms:${region}:${account}:`;
  const resource =
    alias !== undefined ? `${prefix}key/*` : key.startsWith('arn:') ? key : `${prefix}key/${key}`;
  const condition =
    alias === undefined ? undefined : { 'ForAnyValue:StringEquals': { 'kms:ResourceAliases': alias } };
  return ['kms:Decrypt', 'kms:GenerateDataKey'].map((action) => ({ action, resource, condition }));
}
