import { createWriteStream } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import type { Failure } from '../../core/failure.ts';
import { countOf } from '../../core/numbers.ts';
import { err, ok, type Result } from '../../core/result.ts';
import { memberOf, orMissing } from '../../tool/aws/failure.ts';
import { sizeLimit } from '../../tool/file/read-file.ts';
import type { Bucket } from '../../tool/s3/bucket.ts';
import { artifactsFolder } from '../layout.ts';
import { listObjects, readObject, within } from '../s3/read.ts';
import { type FetchFile, pathInSite } from './file-source.ts';
import { inSite, type ManifestText, noManifest, type Place } from './place.ts';

/** Bytes: as many as a download may have. */
const objectLimit = 2 * 1024 ** 3;

interface Opening {
  /** Where copies are until they are closed. Absolute. */
  readonly scratch: string;
  readonly signal: AbortSignal;
  /** Told of each piece that comes: its bytes. */
  readonly onBytes: (bytes: number) => void;
}

/**
 * Opens a site in a bucket. @param only a manifest's path below the site's root; all of them where it is undefined.
 * Errors: `usage` where there is no manifest; those of `Bucket.call`.
 */
export async function openBucketPlace(
  bucket: Bucket,
  only: string | undefined,
  opening: Opening,
): Promise<Result<Place, Failure>> {
  const listed = await listObjects(bucket, only ?? 'kubernetes-');
  if (!listed.ok) return listed;
  const text = async (path: string): Promise<Result<ManifestText | undefined, Failure>> => {
    const read = await readObject(bucket, path, sizeLimit.lock);
    return read.ok ? ok(read.value && { text: read.value.text, file: bucket.shown(path) }) : read;
  };
  const manifests: ManifestText[] = [];
  for (const path of [...listed.value.keys()].filter((each) => inSite.test(`/${each}`)).sort()) {
    const read = await text(path);
    if (!read.ok) return read;
    if (read.value !== undefined) manifests.push(read.value);
  }
  if (manifests.length === 0) return err(noManifest(bucket.shown(only ?? '')));
  return ok({
    url: undefined,
    manifests,
    text,
    files: async ({ channel, number }) => objectFiles(bucket, artifactsFolder(channel, number), opening),
    async paths({ channel, number }) {
      const folder = `${artifactsFolder(channel, number)}/`;
      const below = await listObjects(bucket, folder);
      return below.ok ? [...below.value.keys()].map((path) => path.slice(folder.length)) : undefined;
    },
  });
}

/** The files of a site in a bucket, whatever host their URIs name. */
function objectFiles(bucket: Bucket, artifacts: string, { scratch, signal, onBytes }: Opening): FetchFile {
  let count = 0;
  return async (uri, limit = objectLimit) => {
    const path = pathInSite(uri, artifacts);
    if (!path.ok) return ok({ absent: path.error });
    const copy = join(scratch, `object-${count++}`);
    const input = { ...bucket.named, Key: bucket.keyOf(path.value) };
    const got = await bucket.call(`fetching ${bucket.shown(path.value)}`, async (client, options) => {
      const there = await orMissing(client.getObject(input, options), 'NoSuchKey');
      if (there === undefined) return 'there is no such object';
      memberOf(there, 'ETag');
      const body = memberOf(there, 'Body') as unknown as AsyncIterable<Uint8Array>;
      let isMore = false;
      const counted = async function* () {
        for await (const chunk of within(body, limit)) {
          isMore = chunk === 'more';
          if (chunk === 'more') return;
          onBytes(chunk.length);
          yield chunk;
        }
      };
      await pipeline(counted, createWriteStream(copy), { signal });
      return isMore ? `it has more than ${countOf(limit, 'byte')}` : undefined;
    });
    if (!got.ok) return got;
    if (got.value !== undefined) {
      await rm(copy, { force: true });
      return ok({ absent: got.value });
    }
    return ok({ path: copy, close: () => rm(copy, { force: true }) });
  };
}
