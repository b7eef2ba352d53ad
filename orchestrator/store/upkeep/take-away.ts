import { linkSync, lstatSync, renameSync, unlinkSync } from 'node:fs';
import type { Digest } from '../../core/digest.ts';
import { isErrno, unless } from '../errno.ts';
import { removeAll } from '../folders.ts';
import type { Handle } from '../handle.ts';
import { blobPath, resultPath, treePlaceOf } from '../layout.ts';
import { forEachFile, stat } from '../list.ts';
import { readManifest } from '../manifest.ts';
import { newPace } from '../pace.ts';

/** What went, and how many bytes that gave back. */
export interface Freed {
  readonly blobs: number;
  readonly bytes: number;
}

/**
 * Drops a result that was not used since `limit` (milliseconds since 1970). Whoever looks it up marks it as used before
 * anything else, so one that is marked between the look and the rename is noticed, and put back.
 * Undefined where it stays. @throws system errors.
 */
export function takeResult(handle: Handle, key: Digest, limit: number): Freed | undefined {
  const path = resultPath(handle.layout, key);
  const aside = handle.temporaryName();
  if (!isUnused(path, limit) || !moved(path, aside)) return undefined;
  const found = lstatSync(aside);
  // Someone may have made it again meanwhile: then theirs is as good.
  if (found.mtimeMs >= limit) unless(['EEXIST'], () => linkSync(aside, path));
  unlinkSync(aside);
  return found.mtimeMs >= limit ? undefined : { blobs: 0, bytes: found.size };
}

/** The same of a tree, and of the blobs that no other tree has then. */
export async function takeTree(handle: Handle, tree: Digest, limit: number): Promise<Freed | undefined> {
  const place = treePlaceOf(handle.layout, tree);
  const aside = handle.temporaryName();
  const entries = readManifest(place.manifest) ?? [];
  if (!isUnused(place.folder, limit) || !moved(place.folder, aside)) return undefined;
  if (lstatSync(aside).mtimeMs >= limit) {
    unless(['ENOTEMPTY', 'EEXIST', 'ENOTDIR'], () => renameSync(aside, place.folder));
    await removeAll(aside);
    return undefined;
  }
  handle.durable.delete(tree);
  const pace = newPace();
  let bytes = 0;
  await forEachFile(aside, pace, (_, found) => {
    if (found.nlink === 1) bytes += found.size;
  });
  await removeAll(aside);
  let blobs = 0;
  for (const entry of entries) {
    if (entry.type !== 'file') continue;
    const freed = takeBlob(blobPath(handle.layout, entry.sha256, entry.executable));
    if (freed !== undefined) {
      blobs += 1;
      bytes += freed;
    }
    await pace.spent(0);
  }
  return { blobs, bytes };
}

/**
 * Drops a blob that no tree has; its size, or undefined where it stays. One that a tree takes up in this very moment may
 * go all the same: the tree keeps the file, and only sharing is lost.
 */
export function takeBlob(path: string): number | undefined {
  const found = stat(path);
  if (found === undefined || found.nlink > 1) return undefined;
  return unless(['ENOENT'], () => {
    unlinkSync(path);
    return found.size;
  });
}

function isUnused(path: string, limit: number): boolean {
  const found = stat(path);
  return found !== undefined && found.mtimeMs < limit;
}

function moved(path: string, aside: string): boolean {
  try {
    renameSync(path, aside);
    return true;
  } catch (error) {
    if (isErrno(error, 'ENOENT')) return false;
    throw error;
  }
}
