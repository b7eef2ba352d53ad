import type { Failure } from '../../core/failure.ts';
import { ok, type Result } from '../../core/result.ts';
import { memberOf } from '../aws/failure.ts';
import type { Bucket } from './bucket.ts';

/** What a listing says of an object. */
interface ListedObject {
  readonly size: number;
  /** When it was written last, by S3's clock: milliseconds since 1970. */
  readonly time: number;
}

/** What is below a path, by paths below the place; a page at a time until there are `most`. Errors: those of `attempt`. */
export async function listBucket(
  bucket: Bucket,
  path: string,
  most = Number.POSITIVE_INFINITY,
): Promise<Result<ReadonlyMap<string, ListedObject>, Failure>> {
  const found = new Map<string, ListedObject>();
  for (let token: string | undefined; ; ) {
    const input = { ...bucket.named, Prefix: bucket.keyOf(path), ContinuationToken: token };
    const page = await bucket.call(`listing ${bucket.shown(path)}`, async (client, options) => {
      const answer = await client.listObjectsV2(input, options);
      return { ...answer, IsTruncated: memberOf(answer, 'IsTruncated') };
    });
    if (!page.ok) return page;
    for (const { Key, Size = 0, LastModified } of page.value.Contents ?? []) {
      if (Key === undefined) continue;
      found.set(Key.slice(bucket.place.prefix.length), { size: Size, time: LastModified?.getTime() ?? 0 });
    }
    token = page.value.NextContinuationToken;
    if (!page.value.IsTruncated || token === undefined || found.size >= most) return ok(found);
  }
}
