import { statSync } from 'node:fs';
import { basename, join } from 'node:path';
import { type Digest, isDigest } from '../../core/digest.ts';
import { isErrno, unless } from '../errno.ts';
import { removeAll } from '../folders.ts';
import { checkGoBuild } from '../go-build.ts';
import type { Handle } from '../handle.ts';
import { hashFile } from '../hash-file.ts';
import { inspectTree } from '../inspect-tree.ts';
import { blobOfName } from '../layout.ts';
import { listFolder, listShards, readPlain, stat } from '../list.ts';
import { newPace, type Pace } from '../pace.ts';
import { decodeResult } from '../result-text.ts';
import { hasTree, removeTree } from '../trees.ts';
import type { CheckReport, Dropped } from './maintenance.ts';

/** Folders of a cache that are made by who needs them. */
const madeBeside = [
  'git',
  'go-build',
  'go-index',
  'inspect',
  'decoded',
  'links',
  'packages',
  'sample',
  'tags',
];

/**
 * See `StoreMaintenance.check`. Blobs first, so that the trees that share them need no second reading; then trees, and
 * results last, so that one that is recorded meanwhile finds its tree. What goes away meanwhile is no damage.
 * @throws system errors.
 */
export async function checkStore(handle: Handle): Promise<CheckReport> {
  const dropped: Dropped[] = [];
  await dropStrays(handle, dropped);
  const blobs = await checkBlobs(handle, dropped);
  const trees = await checkTrees(handle, blobs.sound, dropped);
  const results = await checkResults(handle, dropped);
  for (const name of await checkGoBuild(handle.layout.goBuild, handle.signal))
    dropped.push({ what: 'file', name: `go-build/${name}`, why: 'has other bytes' });
  return { blobs: blobs.count, trees, results, dropped };
}

/** What stands where a folder should, so that nothing can be put there. Who has a clone lie elsewhere by a link may. */
async function dropStrays({ layout }: Handle, dropped: Dropped[]): Promise<void> {
  for (const name of madeBeside) {
    const path = join(layout.root, name);
    if (stat(path) === undefined || unless(['ENOENT', 'ELOOP'], () => statSync(path))?.isDirectory())
      continue;
    dropped.push({ what: 'file', name, why: 'is no folder' });
    await removeAll(path);
  }
  for (const folder of [layout.blobs, layout.trees, layout.results, layout.titles, layout.lacks]) {
    for (const item of listFolder(folder)) {
      if (item.isDirectory()) continue;
      dropped.push({ what: 'file', name: `${basename(folder)}/${item.name}`, why: 'does not belong here' });
      await removeAll(join(folder, item.name));
    }
  }
}

async function checkBlobs(
  handle: Handle,
  dropped: Dropped[],
): Promise<{ readonly count: number; readonly sound: ReadonlyMap<number, Digest> }> {
  const sound = new Map<number, Digest>();
  const pace = newPace(handle.signal);
  let count = 0;
  for (const { name, path } of listShards(handle.layout.blobs)) {
    count += 1;
    const why = await whyBadBlob(name, path, sound, pace);
    if (why === undefined) continue;
    dropped.push({ what: 'blob', name, why });
    await removeAll(path);
  }
  return { count, sound };
}

/** Notes the inode's SHA-256, whatever it is. */
async function whyBadBlob(
  name: string,
  path: string,
  hashed: Map<number, Digest>,
  pace: Pace,
): Promise<string | undefined> {
  const expected = blobOfName(name);
  if (expected === undefined) return 'does not belong here';
  const found = stat(path);
  if (found === undefined) return undefined;
  if (!found.isFile()) return 'is no file';
  try {
    const { sha256 } = await hashFile(path, pace);
    hashed.set(found.ino, sha256);
    if (sha256 !== expected.sha256) return 'has other bytes';
  } catch (error) {
    if (isErrno(error, 'ENOENT')) return undefined;
    throw error;
  }
  return (found.mode & 0o777) === (expected.executable ? 0o555 : 0o444) ? undefined : 'has other permissions';
}

async function checkTrees(
  handle: Handle,
  hashed: ReadonlyMap<number, Digest>,
  dropped: Dropped[],
): Promise<number> {
  let count = 0;
  for (const { name, path } of listShards(handle.layout.trees)) {
    count += 1;
    const damage = isDigest(name)
      ? await inspectTree(handle.layout, name, { depth: 'content', known: hashed, signal: handle.signal })
      : ['does not belong here'];
    if (damage.length === 0 || stat(path) === undefined) continue;
    dropped.push({ what: 'tree', name, why: damage.join('; ') });
    if (isDigest(name)) await removeTree(handle, name);
    else await removeAll(path);
  }
  return count;
}

async function checkResults(handle: Handle, dropped: Dropped[]): Promise<number> {
  let count = 0;
  for (const { name, path } of listShards(handle.layout.results)) {
    count += 1;
    const key = name.replace(/\.json$/, '');
    const text = readPlain(path);
    const result = text !== undefined && isDigest(key) ? decodeResult(text, key) : undefined;
    if (result !== undefined && hasTree(handle, result.tree)) continue;
    if (stat(path) === undefined) continue;
    const why = result === undefined ? 'is not as it was written' : `its tree ${result.tree} is gone`;
    dropped.push({ what: 'result', name: key, why });
    await removeAll(path);
  }
  return count;
}
