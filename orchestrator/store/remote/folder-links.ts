import { lstat } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { Failure } from '../../core/failure.ts';
import { isErrno } from '../errno.ts';

/**
 * Why nothing is written, renewed, listed or taken away in a folder below `root`; undefined where nothing is against it. Whoever may write
 * there may have put a link in its place, and what this user may do would be done where that leads. Reading is of no harm: who reads
 * hashes. `root` itself may be a link. @throws system errors.
 */
export async function whyNotIn(root: string, folder: string): Promise<Failure | undefined> {
  for (let at = folder; at !== root && at !== dirname(at); at = dirname(at)) {
    const found = await lstat(at).catch((error: unknown) => {
      if (!isErrno(error, 'ENOENT', 'ENOTDIR')) throw error;
    });
    if (found === undefined || found.isDirectory()) continue;
    const what = found.isSymbolicLink() ? 'is a symbolic link' : 'is no folder';
    const detail = `${what}; nothing is written, listed or removed below it, so somebody has to take it away`;
    return { reason: 'store-damaged', path: at, detail };
  }
  return undefined;
}
