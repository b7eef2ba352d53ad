import { renameSync } from 'node:fs';
import { join } from 'node:path';
import { unless } from '../errno.ts';
import { removeAll } from '../folders.ts';
import { goBuildEntry, goMarkMilliseconds } from '../go-build.ts';
import type { Handle } from '../handle.ts';
import { forEachFile, listFolder, listShards, stat } from '../list.ts';
import type { Pace } from '../pace.ts';
import type { GcReport } from './maintenance.ts';

const dayMilliseconds = 86_400_000;

/** Something beside the results that can go. */
export interface Candidate {
  readonly what: Extract<keyof GcReport, 'goBuild' | 'clones' | 'published' | 'decoded'> | 'lacks';
  /** When it was used last, as far as anything tells: milliseconds since 1970. */
  readonly used: number;
  /** Takes it away: the bytes that this gave back, undefined where it stays. @throws system errors. */
  take(): Promise<number | undefined>;
}

/** What is kept to save time, and made or fetched again where it is missing. @param limit what was used since stays. */
export function copies(handle: Handle, limit: number, pace: Pace): readonly Candidate[] {
  const { goBuild, inspect, decoded, lacks } = handle.layout;
  const found: Candidate[] = [];
  const offer = (what: Candidate['what'], path: string, before = Infinity) => {
    const used = stat(path)?.mtimeMs;
    if (used === undefined || used >= before) return;
    const take = async () => (stat(path)?.mtimeMs === used ? removed(path, pace) : undefined);
    found.push({ what, used, take });
  };
  for (const { name, path } of listShards(goBuild))
    if (goBuildEntry.test(name)) offer('goBuild', path, limit - goMarkMilliseconds);
  for (const { name } of listFolder(join(inspect, 'published')))
    offer('published', join(inspect, 'published', name), limit);
  // A process that runs has its own, and none runs for a day.
  for (const { name } of listFolder(inspect))
    if (/^(opened|report|compile|sbom)-/.test(name))
      offer('published', join(inspect, name), handle.now() - dayMilliseconds);
  for (const { name } of listFolder(decoded)) offer('decoded', join(decoded, name));
  // Not whole shards: a process that made one does not look for it again.
  for (const { path } of listShards(lacks)) offer('lacks', path);
  return found;
}

/**
 * The clones, the longest unused first. Nothing marks one that is only read, so none goes beside another process. What a link leads
 * to is somebody's own.
 */
export function clones(handle: Handle, pace: Pace): readonly Candidate[] {
  const found: Candidate[] = [];
  const folders = [handle.layout.git];
  for (const folder of folders) {
    for (const item of listFolder(folder)) {
      const path = join(folder, item.name);
      if (!item.isDirectory()) continue;
      if (!item.name.endsWith('.git')) {
        folders.push(path);
        continue;
      }
      const used = stat(path)?.mtimeMs ?? 0;
      found.push({ what: 'clones', used, take: async () => takeClone(handle, path, pace) });
    }
  }
  return found.sort((a, b) => a.used - b.used);
}

/** By one rename, so that nobody finds half of it. */
async function takeClone(handle: Handle, path: string, pace: Pace): Promise<number | undefined> {
  if (handle.leases.oldestOther() !== undefined) return undefined;
  const aside = handle.temporaryName();
  const isAside = unless(['EXDEV'], () => renameSync(path, aside) ?? true);
  return removed(isAside === true ? aside : path, pace);
}

/** Takes away a file or a folder, and counts its bytes. */
export async function removed(path: string, pace: Pace): Promise<number> {
  const found = stat(path);
  let bytes = found?.isFile() === true ? found.size : 0;
  await forEachFile(path, pace, (_, { nlink, size }) => {
    if (nlink === 1) bytes += size;
  });
  await removeAll(path);
  return bytes;
}
