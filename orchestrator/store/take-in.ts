import {
  chmodSync,
  closeSync,
  constants,
  copyFileSync,
  fchmodSync,
  futimesSync,
  lstatSync,
  lutimesSync,
  openSync,
  readdirSync,
  readlinkSync,
  renameSync,
  type Stats,
} from 'node:fs';
import { join } from 'node:path';
import type { Failure } from '../core/failure.ts';
import { err, ok, type Result } from '../core/result.ts';
import { type Hashed, hashOpenFile } from './hash-file.ts';
import type { Layout } from './layout.ts';
import { whyNoPath } from './manifest.ts';
import { newPace, type Pace } from './pace.ts';
import { takeFromPool, timeOfAll } from './pool.ts';
import type { TreeEntry } from './store.ts';

export interface TakenIn {
  readonly entries: readonly TreeEntry[];
  /** Those that the digest leaves out. */
  readonly derived: readonly TreeEntry[];
}

/**
 * Walks a folder that is nobody else's, without following links, hashes its files and gives all of it the same
 * permissions and times: files 0444 or 0555, folders 0755. A file that the pool has is replaced by a link to it.
 * `spare` is a path on the same file system that is nobody's. Empty folders stay but are in neither list.
 * Errors: `unsafe-path` for a name that is no `RelativePath` or not UTF-8, and for what is no file, folder or link.
 * @throws system errors.
 */
export async function takeIn(
  layout: Layout,
  root: string,
  spare: string,
  isDerived: (path: string) => boolean,
  signal?: AbortSignal,
): Promise<Result<TakenIn, Failure>> {
  const entries: TreeEntry[] = [];
  const derived: TreeEntry[] = [];
  const folders = [''];
  const pace = newPace(signal);
  for (const folder of folders) {
    chmodSync(join(root, folder), 0o755);
    for (const item of readdirSync(join(root, folder), { withFileTypes: true })) {
      const path = folder === '' ? item.name : `${folder}/${item.name}`;
      const why = whyNoPath(path);
      if (why !== undefined) return unsafe(path, why);
      const full = join(root, path);
      const list = !item.isDirectory() && isDerived(path) ? derived : entries;
      if (item.isDirectory()) folders.push(path);
      else if (item.isSymbolicLink()) {
        list.push({ path, type: 'link', target: readlinkSync(full) });
        lutimesSync(full, timeOfAll, timeOfAll);
        await pace.spent(0);
      } else if (item.isFile()) {
        const found = ownFile(full, spare);
        const executable = (found.mode & 0o100) !== 0;
        const hashed = await hashAndFix(full, found, executable, pace);
        const entry = { path, type: 'file', executable, ...hashed } as const;
        if (list === entries) takeFromPool(layout, entry, full, spare);
        list.push(entry);
      } else return unsafe(path, 'is neither a file nor a folder nor a symbolic link');
    }
  }
  for (const folder of folders) lutimesSync(join(root, folder), timeOfAll, timeOfAll);
  return ok({ entries, derived });
}

/** A file whose bytes no other name can change: one with several names is replaced by a copy. */
function ownFile(path: string, spare: string): Stats {
  const found = lstatSync(path);
  // Without the right to read it (the owner's bit), not even its owner can hash it.
  if ((found.mode & 0o400) === 0) chmodSync(path, (found.mode & 0o777) | 0o400);
  if (found.nlink === 1) return found;
  copyFileSync(path, spare, constants.COPYFILE_EXCL | constants.COPYFILE_FICLONE);
  renameSync(spare, path);
  return found;
}

async function hashAndFix(path: string, found: Stats, executable: boolean, pace: Pace): Promise<Hashed> {
  const descriptor = openSync(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
  try {
    const hashed = await hashOpenFile(descriptor, pace);
    const mode = executable ? 0o555 : 0o444;
    if ((found.mode & 0o7777) !== mode || found.nlink > 1) fchmodSync(descriptor, mode);
    futimesSync(descriptor, timeOfAll, timeOfAll);
    return hashed;
  } finally {
    closeSync(descriptor);
  }
}

function unsafe(path: string, detail: string): Result<never, Failure> {
  return err({ reason: 'unsafe-path', path, where: 'the output of a task', detail });
}
