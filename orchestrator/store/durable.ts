import { open } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { type RunProcess, succeeded } from '../tool/process/process.ts';
import { isErrno } from './errno.ts';
import type { TreePlace } from './layout.ts';
import type { TreeEntry } from './store.ts';

/** How `sync` is run: it must be found on `env.PATH`. */
export interface SyncProgram {
  readonly run: RunProcess;
  readonly env: Readonly<Record<string, string>>;
}

/** Up to so many files are synced one by one; for more, one pass over the whole file system is cheaper. */
const fewFiles = 32;

/**
 * A function that makes a whole file system durable by `sync -f` (coreutils; syncfs(2) on Linux), false where that is not
 * to be had. Calls that come while one is under way share the next one.
 */
export function fileSystemSync(root: string, program: SyncProgram | undefined): () => Promise<boolean> {
  if (program === undefined) return async () => false;
  const sync = async () => {
    const { run, env } = program;
    return succeeded(await run({ program: 'sync', args: ['-f', root], cwd: root, env, network: 'allowed' }));
  };
  let current: Promise<boolean> = Promise.resolve(true);
  let next: Promise<boolean> | undefined;
  return () => {
    next ??= current.then(() => {
      next = undefined;
      current = sync();
      return current;
    });
    return next;
  };
}

/** Makes a tree in its place durable: its files, their folders, and the names that lead to it. @throws system errors. */
export async function makeTreeDurable(
  place: TreePlace,
  entries: readonly TreeEntry[],
  syncAll: () => Promise<boolean>,
): Promise<void> {
  if (entries.length > fewFiles && (await syncAll())) return;
  const folders = new Set([place.content, place.folder, dirname(place.folder)]);
  const files = [place.manifest, place.derived];
  for (const entry of entries) {
    const path = join(place.content, entry.path);
    if (entry.type === 'file') files.push(path);
    for (let folder = dirname(path); !folders.has(folder); folder = dirname(folder)) folders.add(folder);
  }
  const paths = [...files, ...folders];
  // Several at a time: the file system's journal takes them together.
  for (let at = 0; at < paths.length; at += fewFiles)
    await Promise.all(paths.slice(at, at + fewFiles).map(syncOne));
}

/** fsync(2) of a file or folder; one that is missing is passed over. */
export async function syncOne(path: string): Promise<void> {
  let file: Awaited<ReturnType<typeof open>>;
  try {
    file = await open(path, 'r');
  } catch (error) {
    if (isErrno(error, 'ENOENT')) return;
    throw error;
  }
  try {
    await file.sync();
  } finally {
    await file.close();
  }
}
