import { setMaxListeners } from 'node:events';
import { lstat, readdir, statfs } from 'node:fs/promises';
import { join } from 'node:path';
import { atOnce } from '../../tool/process/process.ts';

/** Bytes of a file system. */
interface Room {
  readonly free: number;
  readonly total: number;
}

/** A task whose writing is watched. */
interface Watched {
  /** Fires with the step's, and where it is stopped. */
  readonly signal: AbortSignal;
  /** What it had written, and what was left, in bytes, when it was stopped; undefined where it was not. */
  stopped(): Stop | undefined;
  /** To be called when its folders are gone. */
  leave(): void;
}

interface Stop {
  readonly written: number;
  readonly left: number;
}

interface Entry {
  readonly folders: readonly string[];
  /** The step's. */
  readonly signal: AbortSignal;
  readonly guard: AbortController;
  /** Bytes that were free when it began. */
  before: number | undefined;
  stop: Stop | undefined;
}

/** Bytes with less than which left a disk is nearly full, and the part of it for small ones: what was made is still to be recorded. */
const scarce = 512 * 1024 ** 2;
const scarcePart = 1 / 20;

/** Milliseconds between two looks, at the most and at the least; how many times longer than the last one took, so that they cost nothing. */
const period = 1000;
const leastPeriod = 40;
const restAfterLook = 10;

/** Bytes a millisecond: no disk is filled faster, so that there is a look before it can be full. */
const fastest = 2 * 1024 ** 2;

/**
 * Looks after the free space of the file system that tasks write to, while there are any. There are no quotas that everybody could
 * set; a task that writes without end would take the room of all others, and of the store. Before that, the one is stopped that has
 * written most, where that is more than what is left.
 */
export function watchDisk(root: string, look: (root: string) => Promise<Room | undefined> = roomAt) {
  const entries = new Set<Entry>();
  /** One listener a signal: `AbortSignal.any` for each of thousands of tasks is the most that a task costs. */
  const heard = new WeakSet<AbortSignal>();
  let timer: NodeJS.Timeout | undefined;
  /** The next look, also where nobody was there when the last one ended. */
  let due = 0;

  const watch = async (): Promise<void> => {
    const began = performance.now();
    const room = await look(root);
    let wait = period;
    if (room !== undefined) {
      const least = Math.min(scarce, room.total * scarcePart);
      for (const entry of entries) entry.before ??= room.free;
      if (room.free < least) await stopOne(entries, room.free, least);
      const rest = (performance.now() - began) * restAfterLook;
      wait = Math.min(period, Math.max(leastPeriod, rest, (room.free - least) / fastest));
    }
    timer = undefined;
    due = performance.now() + wait;
    begin();
  };
  const begin = (): void => {
    if (timer !== undefined || entries.size === 0) return;
    timer = setTimeout(() => void watch(), Math.max(0, due - performance.now()));
    timer.unref();
  };
  const hear = (signal: AbortSignal): void => {
    if (heard.has(signal)) return;
    heard.add(signal);
    const pass = (): void => {
      for (const entry of entries) if (entry.signal === signal) entry.guard.abort(signal.reason);
    };
    signal.addEventListener('abort', pass, { once: true });
  };
  return {
    enter(folders: readonly string[], signal: AbortSignal): Watched {
      const guard = new AbortController();
      const entry: Entry = { folders, signal, guard, before: undefined, stop: undefined };
      entries.add(entry);
      begin();
      hear(signal);
      if (signal.aborted) guard.abort(signal.reason);
      setMaxListeners(0, guard.signal);
      return {
        signal: guard.signal,
        stopped: () => entry.stop,
        leave: () => void entries.delete(entry),
      };
    },
  };
}

/** Nobody where one that was stopped before is not gone yet: its room comes back. */
async function stopOne(entries: ReadonlySet<Entry>, free: number, least: number): Promise<void> {
  if ([...entries].some(({ stop }) => stop !== undefined)) return;
  const sizes = await Promise.all(
    [...entries].map(async (entry) => {
      const each = await Promise.all(entry.folders.map(writtenBelow));
      return { entry, written: each.reduce((sum, bytes) => sum + bytes, 0) };
    }),
  );
  // What a task has deleted and still writes to, or writes elsewhere, is in none of its folders.
  const isGone = ({ before = 0 }: Entry) => free < least / 4 && before - free > least;
  const [most] = sizes
    .filter(({ entry, written }) => written >= free || isGone(entry))
    .sort((a, b) => b.written - a.written);
  if (most === undefined || !entries.has(most.entry)) return;
  most.entry.stop = { written: most.written, left: free };
  most.entry.guard.abort(atOnce);
}

/** Bytes that the files below a folder take on the disk: each once, however many names it has. */
async function writtenBelow(folder: string): Promise<number> {
  const found = await readdir(folder, { recursive: true, withFileTypes: true }).catch(() => []);
  const taken = new Map<number, number>();
  for (const entry of found) {
    if (!entry.isFile()) continue;
    const file = await lstat(join(entry.parentPath, entry.name)).catch(() => undefined);
    if (file !== undefined) taken.set(file.ino, file.blocks * 512);
  }
  return [...taken.values()].reduce((sum, bytes) => sum + bytes, 0);
}

async function roomAt(root: string): Promise<Room | undefined> {
  const disk = await statfs(root).catch(() => undefined);
  return disk && { free: disk.bavail * disk.bsize, total: disk.blocks * disk.bsize };
}
