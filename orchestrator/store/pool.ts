import { linkSync, lstatSync, lutimesSync, renameSync, type Stats } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Failure } from '../core/failure.ts';
import { isErrno, unless } from './errno.ts';
import { type Handle, makeShard } from './handle.ts';
import { blobPath, type Layout, shardOf, type TreePlace } from './layout.ts';
import { newPace } from './pace.ts';
import type { TreeEntry } from './store.ts';

type File = Extract<TreeEntry, { type: 'file' }>;

/** The errors of link(2) on a file system without hard links, and between two file systems. */
const noLinks = ['EPERM', 'ENOTSUP', 'ENOSYS', 'EXDEV'] as const;

/**
 * The time that every file and folder of a tree bears, in seconds since 1970: the start of 1980, the earliest that zip
 * files can hold. A fixed one, so that no task comes to depend on it, and an old one, because the go command
 * does not cache what it knows of files that were changed just now (cmd/go/internal/modindex, `modTimeCutoff`).
 */
export const timeOfAll = 315_532_800;

/**
 * Replaces a file by a link to the pool's, where the pool has it and it looks whole. What is in the pool is on the disk:
 * so this also saves making the file durable. Where there is no room for another link, the file stays as it is.
 * @throws system errors.
 */
export function takeFromPool(layout: Layout, entry: File, path: string, spare: string): void {
  const blob = blobPath(layout, entry.sha256, entry.executable);
  const found = unless(['ENOENT', 'ENOTDIR'], () => lstatSync(blob));
  if (found === undefined || !looksWhole(found, entry)) return;
  if (linked(blob, spare)) renameSync(spare, path);
}

/**
 * Puts the files of a durable tree into the pool, so that later trees share them; what the pool has by now is linked
 * from there. The pool is only economy: trees stand without it, and a file system without hard links has none.
 * Errors: `store-damaged` where a link is in the place of a shard. @throws system errors.
 */
export async function offerToPool(
  handle: Handle,
  place: TreePlace,
  entries: readonly TreeEntry[],
): Promise<Failure | undefined> {
  const pace = newPace(handle.signal);
  for (const entry of entries) {
    if (entry.type !== 'file') continue;
    const path = join(place.content, entry.path);
    // More than one name: it came from the pool, or is in it.
    if (lstatSync(path).nlink > 1) continue;
    const failure = makeShard(handle, shardOf(handle.layout.blobs, entry.sha256));
    if (failure !== undefined) return failure;
    if (!offer(handle, path, entry)) return undefined;
    await pace.spent(0);
  }
  return undefined;
}

/** False where the file system has no hard links. */
function offer(handle: Handle, path: string, entry: File): boolean {
  const blob = blobPath(handle.layout, entry.sha256, entry.executable);
  try {
    linkSync(path, blob);
    return true;
  } catch (error) {
    if (isErrno(error, ...noLinks)) return false;
    if (!isErrno(error, 'EEXIST')) throw error;
  }
  const spare = handle.temporaryName();
  const found = unless(['ENOENT'], () => lstatSync(blob));
  // Gone again, by gc: then this file stays alone.
  if (found === undefined) return true;
  if (!looksWhole(found, entry)) {
    if (linked(path, spare)) renameSync(spare, blob);
  } else if (linked(blob, spare)) {
    renameSync(spare, path);
    lutimesSync(dirname(path), timeOfAll, timeOfAll);
  }
  return true;
}

/** Links, unless the file is gone, or has as many names as it can have, or cannot be linked at all. */
function linked(from: string, to: string): boolean {
  return unless(['ENOENT', 'EMLINK', ...noLinks], () => linkSync(from, to) ?? true) ?? false;
}

/** What can be told of a blob without reading it: whoever writes to it changes its time. */
function looksWhole(found: Stats, entry: File): boolean {
  const mode = entry.executable ? 0o555 : 0o444;
  const isUntouched = found.size === entry.size && found.mtimeMs === timeOfAll * 1000;
  return found.isFile() && isUntouched && (found.mode & 0o777) === mode;
}
