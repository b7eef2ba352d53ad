import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { cannotWrite, isErrno, unless } from './errno.ts';
import { hashFile } from './hash-file.ts';
import { listFolder, listShards, stat } from './list.ts';
import { newPace, type Pace } from './pace.ts';

/**
 * What Go keeps of a compilation, by its name; a folder where that is a program (Go 1.24). One that goes is only a miss to Go, unless
 * it is in use. What lies beside it is Go's own record.
 */
export const goBuildEntry = /^[0-9a-f]{64}-[ad]$/;

/** Milliseconds: Go marks a use by the time of a file, at most that often (cmd/go/internal/cache: `mtimeInterval`). */
export const goMarkMilliseconds = 3_600_000;

/** Milliseconds: Go writes a file in its place, and for no longer than that without a byte more. */
const writing = 2000;

/**
 * Hashes what was compiled, each of which is named by its SHA-256 (cmd/go/internal/cache: `putEntry`; but its size, Go looks at
 * nothing when it takes it), and removes what is something else: to Go a miss. Gives the names of what went. @throws system errors.
 */
export async function checkGoBuild(folder: string, signal?: AbortSignal): Promise<readonly string[]> {
  const pace = newPace(signal);
  const dropped: string[] = [];
  for (const { name, path } of listShards(folder)) {
    if (!/^[0-9a-f]{64}-d$/.test(name)) continue;
    if (await isAsNamed(name, path, pace)) continue;
    if (Date.now() - (stat(path)?.mtimeMs ?? 0) < writing) {
      await setTimeout(writing);
      if (await isAsNamed(name, path, pace)) continue;
    }
    if (unless(['ENOENT', ...cannotWrite], () => rmSync(path, { recursive: true }) ?? true))
      dropped.push(name);
  }
  return dropped;
}

/** A folder holds a program that Go built to run it (Go 1.24), which has that SHA-256 and a name of its own. */
async function isAsNamed(name: string, path: string, pace: Pace): Promise<boolean> {
  const found = stat(path);
  if (found === undefined) return true;
  if (found.isDirectory()) {
    for (const { name: own } of listFolder(path))
      if (!(await isAsNamed(name, join(path, own), pace))) return false;
    return true;
  }
  if (!found.isFile()) return false;
  try {
    return name.startsWith((await hashFile(path, pace)).sha256);
  } catch (error) {
    if (isErrno(error, 'ENOENT')) return true;
    throw error;
  }
}
