import { createHash } from 'node:crypto';
import { asDigest, type Digest } from '../../core/digest.ts';
import type { Failure } from '../../core/failure.ts';
import { countOf } from '../../core/numbers.ts';
import { err, ok, type Result } from '../../core/result.ts';
import { memberOf, orMissing } from '../../tool/aws/failure.ts';
import type { Bucket } from '../../tool/s3/bucket.ts';
import { listBucket } from '../../tool/s3/list.ts';

/** What S3 tells of an object. */
export interface ObjectThere {
  readonly size: number;
  /** With its quotation marks. */
  readonly etag: string;
  /** Base 64; of an object that came in parts that of the parts' sums, with their number behind. */
  readonly sha256: string | undefined;
}

/** Paths and sizes of what is below a path. Errors: those of `attempt`. */
export async function listObjects(
  bucket: Bucket,
  path: string,
): Promise<Result<ReadonlyMap<string, number>, Failure>> {
  const found = await listBucket(bucket, path);
  return found.ok ? ok(new Map([...found.value].map(([name, { size }]) => [name, size]))) : found;
}

/** Undefined where there is none. Errors: those of `attempt`. */
export async function lookAt(
  bucket: Bucket,
  path: string,
): Promise<Result<ObjectThere | undefined, Failure>> {
  const input = { ...bucket.named, Key: bucket.keyOf(path), ChecksumMode: 'ENABLED' } as const;
  return bucket.call(`looking at ${bucket.shown(path)}`, async (client, options) => {
    const there = await orMissing(client.headObject(input, options), 'NotFound');
    if (there === undefined) return undefined;
    return { size: there.ContentLength ?? 0, etag: memberOf(there, 'ETag'), sha256: there.ChecksumSHA256 };
  });
}

/** A small object's text; undefined where there is none. Errors: those of `attempt`; `usage` where it has more than the limit. */
export async function readObject(
  bucket: Bucket,
  path: string,
  limit: number,
): Promise<Result<{ readonly text: string; readonly etag: string } | undefined, Failure>> {
  const what = `reading ${bucket.shown(path)}`;
  const input = { ...bucket.named, Key: bucket.keyOf(path) };
  const read = await bucket.call(what, async (client, options) => {
    const there = await orMissing(client.getObject(input, options), 'NoSuchKey');
    if (there === undefined) return undefined;
    const etag = memberOf(there, 'ETag');
    const body = memberOf(there, 'Body') as unknown as AsyncIterable<Uint8Array>;
    const chunks: Uint8Array[] = [];
    // Whoever leaves does not hear the rest.
    for await (const chunk of within(body, limit)) {
      if (chunk === 'more') return { text: undefined, etag };
      chunks.push(chunk);
    }
    return { text: new TextDecoder().decode(Buffer.concat(chunks)), etag };
  });
  if (!read.ok) return read;
  if (read.value === undefined) return ok(undefined);
  const { text, etag } = read.value;
  if (text !== undefined) return ok({ text, etag });
  const message = `${bucket.shown(path)} has more than ${countOf(limit, 'byte')}, which none needs.`;
  return err({ reason: 'usage', message, help: 'Somebody else has put it there: look at it.' });
}

/** What comes, and at its end whether that was more than it may be, however much was announced: not every server says that. */
export async function* within(
  body: AsyncIterable<Uint8Array>,
  limit: number,
): AsyncGenerator<Uint8Array | 'more', void, undefined> {
  let count = 0;
  for await (const chunk of body) {
    count += chunk.length;
    if (count > limit) {
      yield 'more';
      return;
    }
    yield chunk;
  }
}

/** SHA-256 of an object's bytes, all of them fetched. Errors: those of `attempt`. */
export async function fetchDigest(bucket: Bucket, path: string): Promise<Result<Digest, Failure>> {
  const input = { ...bucket.named, Key: bucket.keyOf(path) };
  return bucket.call(`fetching ${bucket.shown(path)}`, async (client, options) => {
    const there = await client.getObject(input, options);
    memberOf(there, 'ETag');
    const hash = createHash('sha256');
    for await (const chunk of memberOf(there, 'Body') as unknown as AsyncIterable<Buffer>) hash.update(chunk);
    return asDigest(hash.digest('hex'));
  });
}

/** An upload in parts that was begun, and neither ended nor given up. */
export interface Leftover {
  readonly path: string;
  readonly uploadId: string;
}

/** Those below a path. Errors: those of `attempt`. */
export async function listLeftovers(
  bucket: Bucket,
  path: string,
): Promise<Result<readonly Leftover[], Failure>> {
  const found: Leftover[] = [];
  for (let marker: { readonly KeyMarker?: string; readonly UploadIdMarker?: string } = {}; ; ) {
    const input = { ...bucket.named, Prefix: bucket.keyOf(path), ...marker };
    const page = await bucket.call(`listing uploads to ${bucket.shown(path)}`, async (client, options) => {
      const answer = await client.listMultipartUploads(input, options);
      return { ...answer, IsTruncated: memberOf(answer, 'IsTruncated') };
    });
    if (!page.ok) return page;
    for (const { Key, UploadId } of page.value.Uploads ?? []) {
      if (Key === undefined || UploadId === undefined) continue;
      found.push({ path: Key.slice(bucket.place.prefix.length), uploadId: UploadId });
    }
    const { IsTruncated, NextKeyMarker: KeyMarker, NextUploadIdMarker: UploadIdMarker } = page.value;
    if (!IsTruncated || KeyMarker === undefined) return ok(found);
    marker = { KeyMarker, ...(UploadIdMarker === undefined ? {} : { UploadIdMarker }) };
  }
}
