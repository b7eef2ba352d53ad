import { createHash } from 'node:crypto';
import { closeSync, constants, openSync, readSync } from 'node:fs';
import { asDigest, type Digest } from '../core/digest.ts';
import type { Pace } from './pace.ts';

export interface Hashed {
  readonly sha256: Digest;
  /** Bytes that were read. */
  readonly size: number;
}

/** One for all: what was read is used up before anything else has its turn. */
const buffer = Buffer.allocUnsafe(2 ** 20);

/** SHA-256 of an open file, from where it stands to its end. @throws system errors. */
export async function hashOpenFile(descriptor: number, pace: Pace): Promise<Hashed> {
  const hash = createHash('sha256');
  let size = 0;
  for (;;) {
    const count = readSync(descriptor, buffer, 0, buffer.length, null);
    if (count === 0) break;
    hash.update(buffer.subarray(0, count));
    size += count;
    if (size % buffer.length === 0) await pace.spent(count);
  }
  await pace.spent(size % buffer.length);
  return { sha256: asDigest(hash.digest('hex')), size };
}

/** SHA-256 of a file; a symbolic link is not followed but an error (`ELOOP`). @throws system errors. */
export async function hashFile(path: string, pace: Pace): Promise<Hashed> {
  const descriptor = openSync(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
  try {
    return await hashOpenFile(descriptor, pace);
  } finally {
    closeSync(descriptor);
  }
}
