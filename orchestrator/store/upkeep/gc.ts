import { unlinkSync } from 'node:fs';
import { join } from 'node:path';
import { type Digest, isDigest } from '../../core/digest.ts';
import { unless } from '../errno.ts';
import { leftovers, removeAll } from '../folders.ts';
import { trimGoBuild } from '../go-build.ts';
import type { Handle } from '../handle.ts';
import { resultPath } from '../layout.ts';
import { forEachFile, listFolder, listShards, readPlain, stat } from '../list.ts';
import { sweepLocks } from '../locks.ts';
import { newPace, type Pace } from '../pace.ts';
import { readResult } from '../results.ts';
import type { GcPolicy, GcReport } from './maintenance.ts';
import { measure } from './size.ts';
import { type Freed, takeBlob, takeResult, takeTree } from './take-away.ts';

const dayMilliseconds = 86_400_000;

/** Times of files are rounded. */
const roundingMilliseconds = 1;

/** The clocks of two machines that share a store differ. */
const skewMilliseconds = 60_000;

/**
 * See `StoreMaintenance.gc`. The order makes it safe beside running processes: a result goes before its tree, a tree
 * before its blobs, each by one rename or unlink. Whoever uses a result or a tree marks it first, and what was marked
 * since the oldest live lease, or since this began, stays. A blob may go at any time: the trees that have it keep it.
 * @throws system errors.
 */
export async function collectGarbage(handle: Handle, policy: GcPolicy): Promise<GcReport> {
  const { layout, leases } = handle;
  const began = handle.now();
  const limit = Math.min(began - roundingMilliseconds, (leases.oldestOther() ?? Infinity) - skewMilliseconds);
  const gone = { results: 0, trees: 0, blobs: 0, temporary: 0 };

  // An interruption ends it between two things that go.
  const pace = newPace(handle.signal);
  leases.sweep();
  sweepLocks(handle);
  for (const path of leftovers(handle)) {
    await removeAll(path, handle.signal);
    gone.temporary += 1;
  }
  const before = await measure(layout, handle.signal);
  let bytes = before.blobs + before.trees + before.results;
  const count = (what: 'results' | 'trees' | 'blobs', freed: Freed) => {
    gone[what] += 1;
    if (what === 'trees') gone.blobs += freed.blobs;
    bytes -= freed.bytes;
  };
  const dropTree = async (tree: Digest) => {
    handle.signal?.throwIfAborted();
    const freed = await takeTree(handle, tree, limit);
    if (freed !== undefined) count('trees', freed);
  };

  const results = resultsByUse(handle);
  const users = new Map<Digest, number>();
  for (const { tree } of results) users.set(tree, (users.get(tree) ?? 0) + 1);
  for (const { name } of listShards(layout.trees))
    if (isDigest(name) && !users.has(name)) await dropTree(name);
  for (const { path } of listShards(layout.blobs)) {
    const size = takeBlob(path);
    if (size !== undefined) count('blobs', { blobs: 0, bytes: size });
    await pace.spent(0);
  }
  const isEnough = (used: number) =>
    'keepDays' in policy ? used >= began - policy.keepDays * dayMilliseconds : bytes <= policy.maxBytes;
  for (const { key, tree, used } of results) {
    if (isEnough(used)) break;
    const freed = takeResult(handle, key, limit);
    if (freed === undefined) continue;
    count('results', freed);
    const left = (users.get(tree) ?? 1) - 1;
    users.set(tree, left);
    if (left === 0) await dropTree(tree);
    await pace.spent(0);
  }
  bytes -= dropTitles(handle);
  const days = 'keepDays' in policy ? policy.keepDays : 0;
  const goBuild = await trimGoBuild(layout.goBuild, began, days, pace);
  const published = await dropOld(join(layout.inspect, 'published'), began, pace, () => days);
  // A process that runs has its own, and none runs for a day.
  const opened = await dropOld(layout.inspect, began, pace, (name) =>
    /^(opened|report|compile)-/.test(name) ? Math.max(1, days) : undefined,
  );
  const decoded = await dropOld(layout.decoded, began, pace, () => days);
  let lacks = 0;
  // Not whole shards: a process that made one does not look for it again.
  for (const { name } of listFolder(layout.lacks))
    lacks += (await dropOld(join(layout.lacks, name), began, pace, () => days)).bytes;
  const others = goBuild.bytes + published.bytes + opened.bytes + decoded.bytes + lacks;
  return {
    ...gone,
    goBuild: goBuild.files,
    published: published.count + opened.count,
    decoded: decoded.count,
    freedBytes: before.blobs + before.trees + before.results - bytes + others,
    keptBytes: bytes,
  };
}

/** Removes what was made in a folder before so many days; what has no number of days stays. */
async function dropOld(
  folder: string,
  now: number,
  pace: Pace,
  daysOf: (name: string) => number | undefined,
): Promise<{ readonly count: number; readonly bytes: number }> {
  const gone = { count: 0, bytes: 0 };
  for (const { name } of listFolder(folder)) {
    const path = join(folder, name);
    const days = daysOf(name);
    const made = stat(path);
    if (days === undefined || made === undefined || made.mtimeMs >= now - days * dayMilliseconds) continue;
    if (made.isFile()) gone.bytes += made.size;
    await forEachFile(path, pace, (_, found) => {
      gone.bytes += found.size;
    });
    await removeAll(path);
    gone.count += 1;
  }
  return gone;
}

/** Every result with the time of its last use, in milliseconds since 1970; the longest unused first. */
function resultsByUse(
  handle: Handle,
): readonly { readonly key: Digest; readonly tree: Digest; readonly used: number }[] {
  const found: { key: Digest; tree: Digest; used: number }[] = [];
  for (const { name, path } of listShards(handle.layout.results)) {
    const key = name.replace(/\.json$/, '');
    const result = isDigest(key) ? readResult(handle, key) : undefined;
    const used = stat(path)?.mtimeMs;
    if (result !== undefined && used !== undefined) found.push({ key: result.key, tree: result.tree, used });
  }
  return found.sort((a, b) => a.used - b.used);
}

/** Removes the names of results that are gone: bytes that went. */
function dropTitles(handle: Handle): number {
  let bytes = 0;
  for (const { path } of listShards(handle.layout.titles)) {
    const key = readPlain(path);
    if (key !== undefined && isDigest(key) && stat(resultPath(handle.layout, key)) !== undefined) continue;
    unless(['ENOENT', 'EISDIR'], () => unlinkSync(path));
    bytes += key?.length ?? 0;
  }
  return bytes;
}
