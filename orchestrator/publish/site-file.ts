import { createHash } from 'node:crypto';
import { asDigest, type Digest } from '../core/digest.ts';
import { ok, type Result } from '../core/result.ts';
import { openBytes } from '../tool/file/read-file.ts';

/** A file of a site, hashed. */
export interface SiteFile {
  /** Below the site's root. */
  readonly path: string;
  readonly size: number;
  readonly sha256: Digest;
  readonly sha512: string;
  /** SHA-256 of each `partSize` bytes, and of the rest: what is sent in one has one. */
  readonly parts: readonly Digest[];
}

/** Bytes that are sent in one. A file with more goes in parts of as many: what is there is known again by the same parts only. */
export const partSize = 8 * 1024 ** 2;

/** Hashes a file in one go. Errors: why it cannot be read, as the end of a sentence. @throws system errors of reading. */
export async function hashSiteFile(file: string, path: string): Promise<Result<SiteFile, string>> {
  const opened = await openBytes(file);
  if (!opened.ok) return opened;
  const { size, bytes } = opened.value;
  const [sha256, sha512, parts] = [createHash('sha256'), createHash('sha512'), hashParts()];
  let count = 0;
  for await (const chunk of bytes as AsyncIterable<Buffer>) {
    sha256.update(chunk);
    sha512.update(chunk);
    if (size > partSize) parts.add(chunk);
    count += chunk.length;
  }
  const whole = asDigest(sha256.digest('hex'));
  const inParts = size > partSize ? parts.end() : [whole];
  return ok({ path, size: count, sha256: whole, sha512: sha512.digest('hex'), parts: inParts });
}

/** SHA-256 of one part after the other. */
function hashParts() {
  const done: Digest[] = [];
  let part = createHash('sha256');
  let room = partSize;
  const end = () => {
    if (room < partSize) done.push(asDigest(part.digest('hex')));
    part = createHash('sha256');
    room = partSize;
    return done;
  };
  return {
    end,
    add(chunk: Buffer): void {
      for (let at = 0; at < chunk.length; ) {
        const next = Math.min(chunk.length, at + room);
        part.update(chunk.subarray(at, next));
        room -= next - at;
        at = next;
        if (room === 0) end();
      }
    },
  };
}
