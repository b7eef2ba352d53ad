import { chmodSync, lstatSync, lutimesSync, readlinkSync, unlinkSync } from 'node:fs';
import { join } from 'node:path';
import type { Digest } from '../core/digest.ts';
import { cannotWrite, unless } from './errno.ts';
import { hashFile } from './hash-file.ts';
import { blobPath, type Layout, treePlaceOf } from './layout.ts';
import { listFolder, stat } from './list.ts';
import { readManifest } from './manifest.ts';
import { newPace, type Pace } from './pace.ts';
import { timeOfAll } from './pool.ts';
import type { TreeEntry } from './store.ts';

/** One thing that is wrong with a tree: `src/a.go has other bytes`. */
export type Damage = string;

/**
 * How closely a tree is looked at. `metadata`: a file that has its size, its permissions and the time of all is taken for
 * whole, since whoever writes to it changes its time; only what has others is read. `content`: all files are read.
 */
export type Depth = 'metadata' | 'content';

interface Inspection {
  readonly depth: Depth;
  /** The SHA-256 of inodes that were hashed before, to save the second reading. */
  readonly known?: ReadonlyMap<number, Digest>;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Compares a tree's folder with its manifest: every file there, of the right kind, size, permissions and SHA-256, and
 * nothing beside them (empty folders apart). Derived files likewise. A damaged file that is the pool's loses its place there.
 * @throws system errors.
 */
export async function inspectTree(
  layout: Layout,
  tree: Digest,
  inspection: Inspection = { depth: 'content' },
): Promise<readonly Damage[]> {
  const place = treePlaceOf(layout, tree);
  const entries = readManifest(place.manifest, tree);
  if (entries === undefined) return ['its manifest is missing or has other bytes'];
  const derived = stat(place.derived) ? readManifest(place.derived) : [];
  if (derived === undefined) return ['its list of derived files cannot be read'];
  const expected = new Map<string, TreeEntry>();
  for (const list of [entries, derived]) for (const entry of list) expected.set(entry.path, entry);
  const damage: Damage[] = [];
  const pace = newPace(inspection.signal);
  const folders = [''];
  for (const folder of folders) {
    for (const item of listFolder(join(place.content, folder))) {
      const path = folder === '' ? item.name : `${folder}/${item.name}`;
      if (item.isDirectory()) {
        folders.push(path);
        continue;
      }
      const entry = expected.get(path);
      expected.delete(path);
      const at = `${place.content}/${path}`;
      const seen = entry === undefined ? 'does not belong to it' : look(at, entry, inspection.depth);
      // Nearly all are looked at without waiting for anything.
      const why = typeof seen === 'object' ? await read(layout, at, seen, inspection.known, pace) : seen;
      if (why !== undefined) damage.push(`${path} ${why}`);
      const pause = pace.spent(0);
      if (pause !== undefined) await pause;
    }
  }
  for (const path of expected.keys()) damage.push(`${path} is missing`);
  return damage;
}

/** A file of which only its bytes can tell whether it is whole. */
interface Unread {
  readonly entry: TreeEntry & { readonly type: 'file' };
  readonly mode: number;
  readonly inode: number;
  /** Whether its size, its permissions and its time are as they were given. */
  readonly isUntouched: boolean;
}

/** What is wrong with what stands at a path, as far as that is known without reading it. */
function look(path: string, entry: TreeEntry, depth: Depth): Damage | undefined | Unread {
  const found = stat(path);
  if (found === undefined) return 'is missing';
  if (entry.type === 'link') {
    if (!found.isSymbolicLink()) return 'is no symbolic link';
    return readlinkSync(path) === entry.target ? undefined : 'points elsewhere';
  }
  if (!found.isFile()) return 'is no file';
  if (((found.mode & 0o100) !== 0) !== entry.executable) return 'has other permissions';
  const mode = entry.executable ? 0o555 : 0o444;
  const isUntouched =
    found.size === entry.size && (found.mode & 0o777) === mode && found.mtimeMs === timeOfAll * 1000;
  return depth === 'metadata' && isUntouched ? undefined : { entry, mode, inode: found.ino, isUntouched };
}

async function read(
  layout: Layout,
  path: string,
  { entry, mode, inode, isUntouched }: Unread,
  known: Inspection['known'],
  pace: Pace,
): Promise<Damage | undefined> {
  const sha256 = known?.get(inode) ?? (await hashFile(path, pace)).sha256;
  if (sha256 === entry.sha256) {
    if (!isUntouched) unless(cannotWrite, () => restore(path, mode));
    return undefined;
  }
  dropBlob(blobPath(layout, entry.sha256, entry.executable), inode);
  return 'has other bytes';
}

/** A copy of a store may have lost times and permissions: it is read once. */
function restore(path: string, mode: number): void {
  chmodSync(path, mode);
  lutimesSync(path, timeOfAll, timeOfAll);
}

function dropBlob(blob: string, inode: number): void {
  unless(['ENOENT', 'ENOTDIR', ...cannotWrite], () => {
    if (lstatSync(blob).ino === inode) unlinkSync(blob);
  });
}
