import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { type Digest, digestOf } from '../../core/digest.ts';
import type { Failure } from '../../core/failure.ts';
import { err, ok, type Result } from '../../core/result.ts';
import { memberOf } from '../../tool/aws/failure.ts';
import { openBytes, readBytes } from '../../tool/file/read-file.ts';
import type { Bucket } from '../../tool/s3/bucket.ts';
import { orConflict } from '../../tool/s3/conflict.ts';
import { partSize, type SiteFile } from '../site-file.ts';
import { headersOf, type Keeping } from './headers.ts';
import type { Leftover } from './read.ts';
import { base64Of, stateOf, sumOfParts } from './state.ts';

/** What has to be in a place for it to be written to: nothing, or the object with this ETag. */
export type Condition = 'absent' | { readonly etag: string };

/** An object that was written; its sum as S3 gives it. */
interface Written {
  readonly etag: string;
  readonly sum: string | undefined;
}

/** Parts of one file on their way at once: each is held in memory. */
const partsAtOnce = 2;

/** How often a file is sent anew where something came between. */
const tries = 3;

/**
 * Brings a file of a site to its place, where the condition holds; S3 compares its SHA-256 with what it gets. It is hashed as it is
 * sent, and nothing is there unless it has the sum that it was checked with. Where another has written the same meanwhile, that is
 * as good. Errors: `digest-mismatch` where the file has changed; `usage` where something else is there now; those of `attempt`.
 * @param folder the site's. @param onSent told of the bytes that were sent, in portions.
 */
export async function uploadFile(
  bucket: Bucket,
  folder: string,
  file: SiteFile,
  how: { readonly keeping: Keeping; readonly condition: Condition; readonly onSent: (bytes: number) => void },
): Promise<Result<'written' | 'there', Failure>> {
  const what = `uploading ${bucket.shown(file.path)}`;
  const { condition } = how;
  const isSmall = file.parts.length === 1;
  const wanted = isSmall ? base64Of(file.sha256) : `${sumOfParts(file.parts)}-${file.parts.length}`;
  for (let time = 1; ; time += 1) {
    const sent = await (isSmall ? sendWhole : sendInParts)(bucket, folder, file, how, what);
    if (!sent.ok) return sent;
    if (sent.value !== 'conflict' && sent.value.sum === wanted) return ok('written');
    const there = await stateOf(bucket, file);
    if (!there.ok) return there;
    if (there.value.is === 'same') return ok(sent.value === 'conflict' ? 'there' : 'written');
    // What is to be replaced may still be there: another write was in the way, and failed.
    const isAsPlanned =
      condition !== 'absent' && 'etag' in there.value && there.value.etag === condition.etag;
    if (there.value.is === 'different' && !isAsPlanned) return err(otherThere(bucket, file.path));
    if (time === tries)
      return err({ reason: 'network', what, detail: 'others write there at the same time' });
  }
}

/** Something that this is not to replace came to its place. */
function otherThere(bucket: Bucket, path: string): Failure {
  return {
    reason: 'usage',
    message: `${bucket.shown(path)} is there with other bytes now, which nobody had put there when it was asked for.`,
    help: 'Somebody else publishes to the same place: see who, and run again for another plan.',
  };
}

type Send = (
  bucket: Bucket,
  folder: string,
  file: SiteFile,
  how: Parameters<typeof uploadFile>[3],
  what: string,
) => Promise<Result<Written | 'conflict', Failure>>;

const sendWhole: Send = async (bucket, folder, file, { keeping, condition, onSent }, what) => {
  const bytes = await bytesOf(folder, file);
  if (!bytes.ok) return bytes;
  const put = await putBytes(bucket, file.path, bytes.value, { keeping, condition, what });
  if (put.ok) onSent(file.size);
  return put;
};

/** The bytes of a file that is sent in one. Errors: `digest-mismatch` and `usage` where it is no longer what was checked. */
export async function bytesOf(folder: string, file: SiteFile): Promise<Result<Uint8Array, Failure>> {
  const read = await readBytes(join(folder, file.path), { limit: partSize, refuseLink: true });
  if (!read.ok || read.value === undefined) return err(gone(file, read.ok ? 'is not there' : read.error));
  const found = digestOf(read.value);
  return found === file.sha256 ? ok(read.value) : err(changed(file, found));
}

/** Writes an object, where the condition holds. Errors: those of `attempt`. */
export async function putBytes(
  bucket: Bucket,
  path: string,
  bytes: Uint8Array,
  {
    keeping,
    condition,
    what,
  }: { readonly keeping: Keeping; readonly condition: Condition; readonly what: string },
): Promise<Result<Written | 'conflict', Failure>> {
  const input = {
    ...bucket.named,
    ...headersOf(path, keeping),
    ...conditional(condition),
    Key: bucket.keyOf(path),
    Body: bytes,
    ChecksumAlgorithm: 'SHA256',
    ChecksumSHA256: base64Of(digestOf(bytes)),
  } as const;
  return bucket.call(what, (client, options) =>
    orConflict(async () => {
      const answer = await client.putObject(input, options);
      return { etag: memberOf(answer, 'ETag'), sum: answer.ChecksumSHA256 };
    }),
  );
}

const sendInParts: Send = async (bucket, folder, file, { keeping, condition, onSent }, what) => {
  const opened = await openBytes(join(folder, file.path));
  if (!opened.ok) return err(gone(file, opened.error));
  const { bytes } = opened.value;
  let found = file.sha256;
  const params = {
    ...bucket.named,
    ...headersOf(file.path, keeping),
    ...conditional(condition),
    Key: bucket.keyOf(file.path),
    Body: Readable.from(
      hashed(bytes, (digest) => {
        found = digest;
        return digest === file.sha256;
      }),
    ),
    ChecksumAlgorithm: 'SHA256',
  } as const;
  const sent = await bucket.call(what, async (client, { abortSignal }) => {
    const { Upload } = await import('@aws-sdk/lib-storage');
    const abortController = new AbortController();
    const abort = () => abortController.abort();
    abortSignal.addEventListener('abort', abort, { once: true });
    let told = 0;
    try {
      const upload = new Upload({ client, params, partSize, queueSize: partsAtOnce, abortController });
      upload.on('httpUploadProgress', ({ loaded = 0 }) => {
        onSent(Math.max(0, loaded - told));
        told = Math.max(told, loaded);
      });
      return await orConflict(async () => {
        const { ETag: etag = '', ChecksumSHA256: sum } = await upload.done();
        return { etag, sum };
      });
    } catch (error) {
      if (found === file.sha256) throw error;
      return 'changed';
    } finally {
      abortSignal.removeEventListener('abort', abort);
      bytes.destroy();
    }
  });
  if (!sent.ok) return sent;
  return sent.value === 'changed' ? err(changed(file, found)) : ok(sent.value);
};

/** Bytes as they pass; what waits for their end gets none where `isRight` denies their SHA-256. */
async function* hashed(bytes: Readable, isRight: (digest: Digest) => boolean): AsyncGenerator<Buffer> {
  const hash = createHash('sha256');
  for await (const chunk of bytes as AsyncIterable<Buffer>) {
    hash.update(chunk);
    yield chunk;
  }
  if (!isRight(hash.digest('hex') as Digest)) throw new Error('these are other bytes');
}

function changed({ path, sha256 }: SiteFile, found: Digest): Failure {
  const what = `${path}, which was changed while its site was published,`;
  return { reason: 'digest-mismatch', what, expected: sha256, found };
}

function gone({ path }: SiteFile, why: string): Failure {
  const message = `${path} was there when its site was checked, and ${why} now.`;
  return {
    reason: 'usage',
    message,
    help: 'Lay the site out again, and leave it alone while it is published.',
  };
}

function conditional(condition: Condition): { readonly IfNoneMatch: '*' } | { readonly IfMatch: string } {
  return condition === 'absent' ? { IfNoneMatch: '*' } : { IfMatch: condition.etag };
}

/** Gives an upload up that an earlier run left; what is no longer there is given up. Errors: those of `attempt`. */
export async function giveUp(bucket: Bucket, { path, uploadId }: Leftover): Promise<Result<void, Failure>> {
  const input = { ...bucket.named, Key: bucket.keyOf(path), UploadId: uploadId };
  return bucket.call(`giving up an upload to ${bucket.shown(path)}`, async (client, options) => {
    await client.abortMultipartUpload(input, options).catch((error: unknown) => {
      if (!(error instanceof Error) || error.name !== 'NoSuchUpload') throw error;
    });
  });
}
