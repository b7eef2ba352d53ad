import { createHash } from 'node:crypto';
import { closeSync, constants, openSync, readSync, writeSync } from 'node:fs';
import { asDigest, type Digest } from '../core/digest.ts';
import type { Pace } from '../store/pace.ts';

interface Sums {
  readonly sha256: Digest;
  readonly sha512: string;
}

/** One for all: what was read is used up before anything else has its turn. */
const buffer = Buffer.allocUnsafe(2 ** 20);

/**
 * Hashes a file, and copies what was hashed where `to` names a new file. A link is not followed. @throws system errors.
 * @param mode of the copy.
 */
export async function hashCopy(
  from: string,
  pace: Pace,
  to?: { readonly path: string; readonly mode: number },
): Promise<Sums> {
  const opened: number[] = [];
  const open = (...[path, flags, mode]: Parameters<typeof openSync>) => {
    const descriptor = openSync(path, flags, mode);
    opened.push(descriptor);
    return descriptor;
  };
  try {
    const source = open(from, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
    const target = to && open(to.path, 'wx', to.mode);
    const [sha256, sha512] = [createHash('sha256'), createHash('sha512')];
    for (;;) {
      const count = readSync(source, buffer, 0, buffer.length, null);
      if (count === 0) break;
      const read = buffer.subarray(0, count);
      sha256.update(read);
      sha512.update(read);
      for (let at = 0; target !== undefined && at < count; ) at += writeSync(target, read, at);
      await pace.spent(count);
    }
    return { sha256: asDigest(sha256.digest('hex')), sha512: sha512.digest('hex') };
  } finally {
    for (const descriptor of opened) closeSync(descriptor);
  }
}
