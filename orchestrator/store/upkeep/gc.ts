import { unlinkSync } from 'node:fs';
import { type Digest, isDigest } from '../../core/digest.ts';
import { unless } from '../errno.ts';
import { leftovers } from '../folders.ts';
import type { Handle } from '../handle.ts';
import { resultPath } from '../layout.ts';
import { listShards, readPlain, stat } from '../list.ts';
import { sweepLocks } from '../locks.ts';
import { newPace } from '../pace.ts';
import { resultsByUse } from '../results.ts';
import { type Candidate, clones, copies, removed } from './candidates.ts';
import type { GcPolicy, GcReport, Part } from './maintenance.ts';
import { measure } from './size.ts';
import { type Freed, takeBlob, takeResult, takeTree } from './take-away.ts';

const dayMilliseconds = 86_400_000;

/** Times of files are rounded. */
const roundingMilliseconds = 1;

/** The clocks of two machines that share a store differ. */
const skewMilliseconds = 60_000;

const partOf: Readonly<Record<Candidate['what'], Part>> = {
  goBuild: 'goBuild',
  clones: 'git',
  published: 'others',
  decoded: 'others',
  lacks: 'store',
};

/**
 * See `StoreMaintenance.gc`. The order makes it safe beside running processes: a result goes before its tree, a tree
 * before its blobs, each by one rename or unlink. Whoever uses a result or a tree marks it first, and what was marked
 * since the oldest live lease, or since this began, stays. A blob may go at any time: the trees that have it keep it.
 * @throws system errors.
 */
export async function collectGarbage(handle: Handle, policy: GcPolicy): Promise<GcReport> {
  const { layout, leases } = handle;
  const began = handle.now();
  const inUse = (leases.oldestOther() ?? Infinity) - skewMilliseconds;
  const limit = Math.min(began - roundingMilliseconds, inUse);
  const gone = {
    results: 0,
    trees: 0,
    blobs: 0,
    temporary: 0,
    goBuild: 0,
    clones: 0,
    published: 0,
    decoded: 0,
    lacks: 0,
  };
  const freed = { store: 0, goBuild: 0, git: 0, others: 0 };

  // An interruption ends it between two things that go.
  const pace = newPace(handle.signal);
  leases.sweep();
  sweepLocks(handle);
  const before = await measure(handle);
  let left = before.total;
  const count = (
    what: keyof typeof gone,
    part: Part,
    { bytes, blobs = 0 }: { bytes: number; blobs?: number },
  ) => {
    gone[what] += 1;
    gone.blobs += blobs;
    freed[part] += bytes;
    left -= bytes;
  };
  const countFreed = (what: 'results' | 'trees' | 'blobs', { bytes, blobs }: Freed) =>
    count(what, 'store', { bytes, blobs });
  const dropTree = async (tree: Digest) => {
    handle.signal?.throwIfAborted();
    const taken = await takeTree(handle, tree, limit);
    if (taken !== undefined) countFreed('trees', taken);
  };

  for (const path of leftovers(handle)) count('temporary', 'store', { bytes: await removed(path, pace) });
  const results = resultsByUse(handle);
  const users = new Map<Digest, number>();
  for (const { tree } of results) users.set(tree, (users.get(tree) ?? 0) + 1);
  for (const { name } of listShards(layout.trees))
    if (isDigest(name) && !users.has(name)) await dropTree(name);
  for (const { path } of listShards(layout.blobs)) {
    const size = takeBlob(path);
    if (size !== undefined) countFreed('blobs', { blobs: 0, bytes: size });
    await pace.spent(0);
  }

  const dropResult = async (key: Digest, tree: Digest) => {
    const taken = takeResult(handle, key, limit);
    if (taken === undefined) return;
    countFreed('results', taken);
    const others = (users.get(tree) ?? 1) - 1;
    users.set(tree, others);
    if (others === 0) await dropTree(tree);
  };
  const drop = async ({ what, take }: Candidate) => {
    const bytes = await take();
    if (bytes !== undefined) count(what, partOf[what], { bytes });
  };
  const going = [
    ...results.map(({ key, tree, used }) => ({ used, go: () => dropResult(key, tree) })),
    ...copies(handle, inUse, pace).map((each) => ({ used: each.used, go: () => drop(each) })),
  ].sort((a, b) => a.used - b.used);
  const isEnough = (used: number) =>
    'keepDays' in policy ? used >= began - policy.keepDays * dayMilliseconds : left <= policy.maxBytes;
  for (const { used, go } of going) {
    if (isEnough(used)) break;
    await go();
    await pace.spent(0);
  }
  const titles = dropTitles(handle);
  freed.store += titles;
  left -= titles;
  if ('maxBytes' in policy) {
    for (const clone of clones(handle, pace)) {
      if (isEnough(clone.used)) break;
      await drop(clone);
    }
  }
  const { lacks: _, ...report } = gone;
  // Others go on meanwhile: what is left is what was, without what went.
  const kept = {
    store: Math.max(0, before.blobs + before.trees + before.results + before.temporary - freed.store),
    goBuild: Math.max(0, before.goBuild - freed.goBuild),
    git: Math.max(0, before.git - freed.git),
    others: Math.max(0, before.others - freed.others),
  };
  return { ...report, freed, kept };
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
