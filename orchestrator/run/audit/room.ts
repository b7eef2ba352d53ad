import { statfs } from 'node:fs/promises';
import type { Failure } from '../../core/failure.ts';
import { ok, type Result } from '../../core/result.ts';
import type { StoreMaintenance } from '../../store/upkeep/maintenance.ts';

/** Keeps a cache within a size while builds come and go: thousands of sources, with their modules, have room on no disk. */
export interface Room {
  isFull(): Promise<boolean>;
  /** Takes away what was not used longest. Nothing may be under way: what a build has looked up could go. Errors: those of `gc`. */
  clear(): Promise<Result<void, Failure>>;
}

/** The part of the room that is left: a quarter for what is built until the next time. */
const kept = 0.75;

/** @param maxBytes of the whole cache; without it, it may grow. Errors: those of `size`. */
export async function openRoom(
  store: Pick<StoreMaintenance, 'root' | 'size' | 'gc'>,
  maxBytes: number | undefined,
): Promise<Result<Room, Failure>> {
  if (maxBytes === undefined) return ok({ isFull: async () => false, clear: async () => ok(undefined) });
  const measured = await store.size(0);
  if (!measured.ok) return measured;
  let size = measured.value.total;
  let free = await freeAt(store.root);
  let limit = maxBytes;
  return ok({
    // To measure it takes seconds; what the disk has lost since then costs nothing to ask, and is what was written, or others wrote.
    isFull: async () => size + Math.max(0, free - (await freeAt(store.root))) > limit,
    async clear() {
      const report = await store.gc({ maxBytes: maxBytes * kept });
      if (!report.ok) return report;
      size = Object.values(report.value.kept).reduce((sum, bytes) => sum + bytes, 0);
      free = await freeAt(store.root);
      // Where it cannot be made to fit, that is not tried after every build.
      limit = Math.max(maxBytes, size + maxBytes * (1 - kept));
      return ok(undefined);
    },
  });
}

async function freeAt(path: string): Promise<number> {
  const disk = await statfs(path);
  return disk.bavail * disk.bsize;
}
