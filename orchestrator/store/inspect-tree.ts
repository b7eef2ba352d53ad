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
      const why =
        entry === undefined
          ? 'does not belong to it'
          : await compare(layout, place.content, entry, inspection, pace);
      if (why !== undefined) damage.push(`${path} ${why}`);
    }
  }
  for (const path of expected.keys()) damage.push(`${path} is missing`);
  return damage;
}

async function compare(
  layout: Layout,
  content: string,
  entry: TreeEntry,
  { depth, known }: Inspection,
  pace: Pace,
): Promise<string | undefined> {
  const path = join(content, entry.path);
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
  if (depth === 'metadata' && isUntouched) {
    await pace.spent(0);
    return undefined;
  }
  const sha256 = known?.get(found.ino) ?? (await hashFile(path, pace)).sha256;
  if (sha256 === entry.sha256) {
    if (!isUntouched) unless(cannotWrite, () => restore(path, mode));
    return undefined;
  }
  dropBlob(blobPath(layout, entry.sha256, entry.executable), found.ino);
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
