import { unlinkSync } from 'node:fs';
import { unless } from './errno.ts';
import { listShards, stat } from './list.ts';

/**
 * Go marks a file of its build cache as used by its time, at most once an hour, and removes at its own trims what was not
 * used for five days (cmd/go/internal/cache: `mtimeInterval`, `trimLimit`). A file that goes is only a miss to it, unless
 * it is in use: so never less than that.
 */
const goTrimDays = 5;

const dayMilliseconds = 86_400_000;

/** Removes what Go itself would, below a build cache's folder: files and bytes that went. @throws system errors. */
export function trimGoBuild(
  folder: string,
  now: number,
  days: number,
): { readonly files: number; readonly bytes: number } {
  const limit = now - Math.max(days, goTrimDays) * dayMilliseconds;
  let files = 0;
  let bytes = 0;
  for (const { name, path } of listShards(folder)) {
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
