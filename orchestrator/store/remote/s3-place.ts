import type { Readable } from 'node:stream';
import { setTimeout } from 'node:timers/promises';
import type { S3 } from '@aws-sdk/client-s3';
import { digestOf } from '../../core/digest.ts';
import type { Failure } from '../../core/failure.ts';
import { err, ok, type Result } from '../../core/result.ts';
import { memberOf, orMissing } from '../../tool/aws/failure.ts';
import { openBytes } from '../../tool/file/read-file.ts';
import type { Bucket } from '../../tool/s3/bucket.ts';
import { orConflict } from '../../tool/s3/conflict.ts';
import { listBucket } from '../../tool/s3/list.ts';
import { type Content, type Incoming, type RemotePlace, readAgain, used } from './place.ts';

/** Bytes of one part of an upload; what has no more goes in one request. S3 takes 10,000 parts. */
const partSize = 2 ** 23;

/** Parts of one file on their way at once: each is held in memory. */
const partsAtOnce = 2;

/** Objects that one request removes (S3 API reference, DeleteObjects). */
const removedAtOnce = 1000;

/** A place in S3. @param signal ends waits between two tries. */
export function s3Place(bucket: Bucket, signal: AbortSignal): RemotePlace {
  const at = (name: string) => ({ ...bucket.named, Key: bucket.keyOf(name) });
  const once = async <T>(name: string, use: (incoming: Incoming) => Promise<T>) => {
    let own: { readonly error: unknown } | undefined;
    let cut: unknown;
    const read = await bucket.call(`reading ${bucket.shown(name)}`, async (client, options) => {
      const there = await orMissing(client.getObject(at(name), options), 'NoSuchKey');
      if (there === undefined) return undefined;
      const body = memberOf(there, 'Body') as unknown as AsyncIterable<Uint8Array>;
      try {
        const came = await used({ size: there.ContentLength ?? 0, body }, use);
        if ('value' in came) return came;
        cut = came.broken;
      } catch (error) {
        own = { error };
        return undefined;
      }
      throw cut;
    });
    if (own !== undefined) throw own.error;
    return read;
  };
  const facts: RemotePlace['facts'] = (name) =>
    bucket.call(`looking at ${bucket.shown(name)}`, async (client, options) => {
      const there = await orMissing(client.headObject(at(name), options), 'NotFound');
      if (there === undefined) return undefined;
      return { size: there.ContentLength ?? 0, time: memberOf(there, 'LastModified').getTime() };
    });
  return {
    shown: bucket.shown('').replace(/\/$/, ''),
    async read(name, use) {
      const read = await readAgain(
        () => once(name, use),
        (milliseconds) => setTimeout(milliseconds, undefined, { signal }).catch(() => undefined),
      );
      return read.ok ? ok(read.value?.value) : read;
    },
    async put(name, content, condition) {
      const what = `writing ${bucket.shown(name)}`;
      const given = { ...at(name), ...(condition === 'absent' ? { IfNoneMatch: '*' } : {}) };
      const bytes = await wholeOf(content);
      if (!bytes.ok) return bytes;
      const sent = await (bytes.value === undefined
        ? sendInParts(bucket, given, content as Exclude<Content, Uint8Array>, what)
        : sendWhole(bucket, given, bytes.value, what));
      if (!sent.ok) return sent;
      return ok(sent.value === 'conflict' ? 'there' : 'written');
    },
    facts,
    async renew(name) {
      const what = `renewing ${bucket.shown(name)}`;
      const before = await facts(name);
      if (!before.ok || before.value === undefined) return before;
      const copied = await bucket.call(what, async (client, options) => {
        const from = `${bucket.place.bucket}/${bucket.keyOf(name)}`.split('/').map(encodeURIComponent);
        const copy = { ...at(name), CopySource: from.join('/'), MetadataDirective: 'REPLACE' } as const;
        await orMissing(client.copyObject(copy, options), 'NoSuchKey');
      });
      if (!copied.ok) return copied;
      const after = await facts(name);
      if (!after.ok || after.value === undefined || after.value.time > before.value.time) return after;
      // Some keep the time of what is copied onto itself.
      return bucket.call(what, async (client, options) => {
        const there = await orMissing(client.getObject(at(name), options), 'NoSuchKey');
        if (there === undefined) return;
        await upload(client, at(name), memberOf(there, 'Body') as Readable, options.abortSignal);
      });
    },
    list: (beginning, most) => listBucket(bucket, beginning, most),
    async remove(names) {
      for (let from = 0; from < names.length; from += removedAtOnce) {
        const some = names.slice(from, from + removedAtOnce).map((name) => ({ Key: bucket.keyOf(name) }));
        const what = `removing from ${bucket.shown('')}`;
        const gone = await bucket.call(what, (client, options) =>
          client.deleteObjects({ ...bucket.named, Delete: { Objects: some, Quiet: true } }, options),
        );
        if (!gone.ok) return gone;
        const [first] = gone.value.Errors ?? [];
        if (first !== undefined) return err(notRemoved(what, `${first.Code}: ${first.Message}`, first.Code));
      }
      return ok(undefined);
    },
    async sweep(before) {
      const what = `listing uploads to ${bucket.shown('')}`;
      const given = { ...bucket.named, Prefix: bucket.place.prefix };
      const listed = await bucket.call(what, (client, options) =>
        client.listMultipartUploads(given, options),
      );
      if (!listed.ok) return listed;
      let count = 0;
      for (const { Key, UploadId, Initiated } of listed.value.Uploads ?? []) {
        if (Key === undefined || UploadId === undefined || (Initiated?.getTime() ?? 0) >= before) continue;
        const gone = await bucket.call(
          `giving up an upload to s3://${bucket.place.bucket}/${Key}`,
          (client, options) =>
            orMissing(
              client.abortMultipartUpload({ ...bucket.named, Key, UploadId }, options),
              'NoSuchUpload',
            ),
        );
        if (!gone.ok) return gone;
        count += 1;
      }
      return ok(count);
    },
  };
}

/** What S3 says of single objects comes in an answer that is none of its errors. */
function notRemoved(what: string, detail: string, code: string | undefined): Failure {
  if (code === 'InternalError' || code === 'SlowDown') return { reason: 'network', what, detail };
  const help = 'Give the user or role the policy that "cache policy" prints.';
  return { reason: 'usage', message: `S3 refuses ${what}: ${detail}`, help };
}

/** What goes in one request; undefined for what goes in parts. */
async function wholeOf(content: Content): Promise<Result<Uint8Array | undefined, Failure>> {
  if (content instanceof Uint8Array) return ok(content);
  if (content.size > partSize) return ok(undefined);
  const opened = await openBytes(content.path);
  if (!opened.ok) return err({ reason: 'store-damaged', path: content.path, detail: opened.error });
  const chunks: Buffer[] = [];
  for await (const chunk of opened.value.bytes as AsyncIterable<Buffer>) chunks.push(chunk);
  return ok(Buffer.concat(chunks));
}

type Sent = Promise<Result<'conflict' | 'sent', Failure>>;

interface Given {
  readonly Bucket: string;
  readonly Key: string;
  readonly IfNoneMatch?: string;
}

/** S3 holds what comes against the SHA-256. */
function sendWhole(bucket: Bucket, given: Given, Body: Uint8Array, what: string): Sent {
  const ChecksumSHA256 = Buffer.from(digestOf(Body), 'hex').toString('base64');
  return bucket.call(what, (client, options) =>
    orConflict(async () => {
      memberOf(await client.putObject({ ...given, Body, ChecksumSHA256 }, options), 'ETag');
      return 'sent' as const;
    }),
  );
}

async function sendInParts(
  bucket: Bucket,
  given: Given,
  file: Exclude<Content, Uint8Array>,
  what: string,
): Sent {
  const opened = await openBytes(file.path);
  if (!opened.ok) return err({ reason: 'store-damaged', path: file.path, detail: opened.error });
  const { bytes } = opened.value;
  return bucket.call(what, (client, { abortSignal }) =>
    orConflict(async () => {
      await upload(client, given, bytes, abortSignal);
      return 'sent' as const;
    }),
  );
}

/** Sends in parts, each with its SHA-256. What is left of one that ends before its end is given up. */
async function upload(client: S3, given: Given, Body: Readable, abortSignal: AbortSignal): Promise<void> {
  const { Upload } = await import('@aws-sdk/lib-storage');
  const abortController = new AbortController();
  const abort = () => abortController.abort();
  abortSignal.addEventListener('abort', abort, { once: true });
  try {
    const params = { ...given, Body, ChecksumAlgorithm: 'SHA256' } as const;
    await new Upload({ client, params, partSize, queueSize: partsAtOnce, abortController }).done();
  } finally {
    abortSignal.removeEventListener('abort', abort);
    Body.destroy();
  }
}
