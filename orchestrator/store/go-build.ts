import { unlinkSync } from 'node:fs';
import { setTimeout } from 'node:timers/promises';
import { cannotWrite, isErrno, unless } from './errno.ts';
import { hashFile } from './hash-file.ts';
import { listShards, stat } from './list.ts';
import { newPace, type Pace } from './pace.ts';

/**
 * Go marks a file of its build cache as used by its time, at most once an hour, and removes at its own trims what was not
 * used for five days (cmd/go/internal/cache: `mtimeInterval`, `trimLimit`). A file that goes is only a miss to it, unless
 * it is in use: so never less than that.
 */
const goTrimDays = 5;

const dayMilliseconds = 86_400_000;

/** Removes what Go itself would, below a build cache's folder: files and bytes that went. @throws system errors. */
export async function trimGoBuild(
  folder: string,
  now: number,
  days: number,
  pace: Pace,
): Promise<{ readonly files: number; readonly bytes: number }> {
  const limit = now - Math.max(days, goTrimDays) * dayMilliseconds;
  let files = 0;
  let bytes = 0;
  for (const { name, path } of listShards(folder)) {
    await pace.spent(0);
    if (!/^[0-9a-f]{64}-[ad]$/.test(name)) continue;
    const found = stat(path);
    if (!found?.isFile() || found.mtimeMs >= limit) continue;
    const gone = unless(['ENOENT'], () => unlinkSync(path) ?? true);
    if (!gone) continue;
    files += 1;
    bytes += found.size;
  }
  return { files, bytes };
}

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
    if (unless(['ENOENT', ...cannotWrite], () => unlinkSync(path) ?? true)) dropped.push(name);
  }
  return dropped;
}

/** Folders hold programs that Go built to run them (Go 1.24), and are not looked at. */
async function isAsNamed(name: string, path: string, pace: Pace): Promise<boolean> {
  const found = stat(path);
  if (found === undefined || found.isDirectory()) return true;
  if (!found.isFile()) return false;
  try {
    return name.startsWith((await hashFile(path, pace)).sha256);
  } catch (error) {
    if (isErrno(error, 'ENOENT')) return true;
    throw error;
  }
}
