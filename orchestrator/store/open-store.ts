import { resolve } from 'node:path';
import type { Failure } from '../core/failure.ts';
import { err, ok, type Result } from '../core/result.ts';
import { ownerOf, prepare } from './claim.ts';
import { fileSystemSync, type SyncProgram } from './durable.ts';
import { failureOfErrno, guarded } from './errno.ts';
import { leftovers, makeTemporaryFolder, removeAll } from './folders.ts';
import { type Handle, randomName, temporaryNames } from './handle.ts';
import { inspectTree } from './inspect-tree.ts';
import { lackOf, setLack } from './lacks.ts';
import { layoutOf, treePlaceOf } from './layout.ts';
import { leasesOf } from './leases.ts';
import { withLock } from './locks.ts';
import { readManifest } from './manifest.ts';
import { identify } from './process-life.ts';
import { lastResult, lookup, record } from './results.ts';
import type { Store } from './store.ts';
import { addTree, removeTree } from './trees.ts';
import type { StoreMaintenance } from './upkeep/maintenance.ts';

const dayMilliseconds = 86_400_000;

export interface StoreOptions {
  readonly pid: number;
  /** The machine's name: with the process it tells whose a lock or a temporary folder is. */
  readonly host: string;
  /** Milliseconds since 1970. */
  readonly now: () => number;
  /** Numbers in [0, 1), for names that are nobody's. */
  readonly random: () => number;
  /** Ends what takes long: then it gives `aborted`. */
  readonly signal?: AbortSignal;
  /** Without it, each file is made durable on its own: slow for a tree of thousands. */
  readonly sync?: SyncProgram;
  /** Only looks: what is not there is not made, and is as good as empty. */
  readonly isForLooking?: boolean;
}

/**
 * Opens the store in a folder, and makes it where there is none. One that is read-only or has no room left can be opened:
 * then the first write says so. What killed processes left behind is removed meanwhile.
 * Errors: `store-version`; `usage` where the folder is somebody else's; `unsafe-path` where a link stands for one of its folders;
 * `store-damaged` where a file does.
 */
export async function openStore(
  root: string,
  options: StoreOptions,
): Promise<Result<Store & StoreMaintenance, Failure>> {
  const { pid, host, now, random, signal, isForLooking = false } = options;
  const layout = layoutOf(resolve(root));
  const lease = `${pid}-${randomName(random)}`;
  const leases = leasesOf(layout, lease, identify(pid, host), now);
  let unwritable: Failure | undefined;
  let isThere = true;
  try {
    const owner = isForLooking ? ownerOf(layout) : ok('ours');
    if (!owner.ok) return owner;
    isThere = owner.value === 'ours';
    if (!isThere) unwritable = { reason: 'read-only', path: layout.root };
    else {
      const failure = prepare(layout, lease);
      if (failure !== undefined) return err(failure);
      leases.take();
    }
  } catch (error) {
    unwritable = failureOfErrno(error, layout.root);
    if (unwritable.reason !== 'read-only' && unwritable.reason !== 'disk-full') return err(unwritable);
  }
  const handle: Handle = {
    layout,
    leases,
    unwritable,
    now,
    signal,
    temporaryName: temporaryNames(layout, lease, random),
    syncAll: fileSystemSync(layout.root, options.sync),
    durable: new Set(),
    folders: new Set(),
  };
  const swept = unwritable === undefined ? guarded(layout.root, () => sweep(handle)) : undefined;
  return ok({ ...storeOf(handle, swept), isThere });
}

async function sweep(handle: Handle): Promise<Result<void, Failure>> {
  for (const path of leftovers(handle)) await removeAll(path, handle.signal);
  handle.leases.sweep();
  return ok(undefined);
}

function storeOf(
  handle: Handle,
  swept: Promise<unknown> | undefined,
): Omit<Store & StoreMaintenance, 'isThere'> {
  const { layout, signal } = handle;
  const { root } = layout;
  let turn: Promise<unknown> = Promise.resolve();
  /** It is this thread's work: side by side the first would be known when all are, and the lists of all be held until then. */
  const alone = <T>(deed: () => Promise<T>): Promise<T> => {
    const mine = turn.then(deed);
    turn = mine.catch(() => undefined);
    return mine;
  };
  return {
    root,
    treePath: (tree) => treePlaceOf(layout, tree).content,
    lookup: async (key) => lookup(handle, key),
    lastResult: async (kind, title) => lastResult(handle, kind, title),
    record: (result) =>
      guarded(root, async () => {
        const failure = await record(handle, result);
        return failure === undefined ? ok(undefined) : err(failure);
      }),
    lackOf: async (key) => lackOf(handle, key),
    setLack: async (key, what) => {
      await guarded(root, async () => ok(await setLack(handle, key, what)));
    },
    addTree: (folder, derived = () => false) => guarded(root, () => addTree(handle, folder, derived)),
    entries: (tree) =>
      guarded(root, async () => {
        const place = treePlaceOf(layout, tree);
        const entries = readManifest(place.manifest, tree);
        if (entries !== undefined) return ok(entries);
        return err({
          reason: 'store-damaged',
          path: place.manifest,
          detail: 'missing, or not as it was written',
          isReadOnly: handle.unwritable !== undefined,
        });
      }),
    temporaryFolder: () => guarded(root, async () => makeTemporaryFolder(handle)),
    removeTemporary: async (folder) => {
      await guarded(root, async () => ok(await removeAll(folder)));
    },
    withLock: (name, signal, body) => withLock(handle, name, signal, body),
    recheck: (tree, depth) =>
      guarded(root, async () => {
        const damage = await alone(() => inspectTree(layout, tree, { depth, signal }));
        const [first] = damage;
        if (first === undefined) return ok(damage);
        if (handle.unwritable !== undefined) {
          const { folder: path } = treePlaceOf(layout, tree);
          return err({ reason: 'store-damaged', path, detail: first, isReadOnly: true });
        }
        await removeTree(handle, tree);
        return ok(damage);
      }),
    size: (keepDays) =>
      guarded(root, async () => {
        const { measure } = await import('./upkeep/size.ts');
        const since = keepDays === undefined ? undefined : handle.now() - keepDays * dayMilliseconds;
        return ok(await measure(handle, since));
      }),
    gc: (policy) =>
      guarded(root, async () => {
        if (handle.unwritable?.reason === 'read-only') return err(handle.unwritable);
        const { collectGarbage } = await import('./upkeep/gc.ts');
        return ok(await collectGarbage(handle, policy));
      }),
    check: () =>
      guarded(root, async () => {
        if (handle.unwritable?.reason === 'read-only') return err(handle.unwritable);
        const { checkStore } = await import('./upkeep/check.ts');
        return ok(await checkStore(handle));
      }),
    close: async () => {
      await swept;
      handle.leases.release();
    },
  };
}
