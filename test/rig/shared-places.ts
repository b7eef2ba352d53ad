import { S3 } from '@aws-sdk/client-s3';
import type { RemotePlace } from '../../orchestrator/store/remote/place.ts';
import { s3Place } from '../../orchestrator/store/remote/s3-place.ts';
import { openBucket } from '../../orchestrator/tool/s3/bucket.ts';
import { exampleKeys } from './ecr.ts';

/** A place in a bucket of an S3 on this machine. */
export function placeIn(url: string, bucket: string, signal = new AbortController().signal): RemotePlace {
  return s3Place(
    openBucket({
      place: { bucket, prefix: 'shared/' },
      region: 'us-east-1',
      endpoint: url,
      expectedOwner: undefined,
      env: exampleKeys,
      findProxy: undefined,
      signal,
      words: { section: 'store', policy: 'cache policy', region: 'store.region' },
    }),
    signal,
  );
}

/** A client of AWS's own. */
export function clientOf(url: string): S3 {
  const { AWS_ACCESS_KEY_ID: accessKeyId, AWS_SECRET_ACCESS_KEY: secretAccessKey } = exampleKeys;
  return new S3({
    ...{ endpoint: url, forcePathStyle: true, region: 'us-east-1' },
    credentials: { accessKeyId, secretAccessKey },
  });
}
