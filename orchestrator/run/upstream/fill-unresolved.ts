import type { Lock } from '../../config/lock/lock.ts';
import { readLock, renderLock, unsealLock } from '../../config/lock/lock-file.ts';
import type { Failure } from '../../core/failure.ts';
import type { Host } from '../../host.ts';
import { resolveCommits } from '../../release/commits.ts';
import type { LoadedRelease } from '../../workspace/loaded-release.ts';
import { shownPath } from '../../workspace/shown-path.ts';
import { writeWholeFile } from '../../workspace/write-file.ts';
import type { Processes } from '../wiring/tools.ts';
import { createSourceTags, type SourceTags } from './source-tags.ts';

export interface FilledLock {
  readonly lock: Lock;
  /** Why a repository did not say what its tags point at, by its URL. */
  readonly failures: ReadonlyMap<string, Failure>;
}

/**
 * Fills in the commits that were out of reach when the lock was imported, for the selected projects, and keeps them in
 * the lock's file where that can be written. What is still out of reach stays `unresolved`: the rest is built all the same.
 * @param tags who is asked; whoever fills many locks asks each repository once.
 */
export async function fillUnresolved(
  { workspace, lock, file }: LoadedRelease,
  projects: readonly string[],
  processes: Processes,
  host: Host,
  { tagsOf, failures }: SourceTags = createSourceTags(workspace, processes, host.signal),
): Promise<FilledLock> {
  const filled = await resolveCommits(unsealLock(lock), projects, tagsOf);
  if (filled === undefined) return { lock, failures };
  const text = renderLock(filled);
  if (file !== undefined) {
    const written = await writeWholeFile(file, text, host);
    if (!written.ok)
      host.stderr.write(`${shownPath(file, host.cwd)} keeps its open commits: it cannot be written.\n`);
  }
  const reread = readLock(file ?? lock.release, text);
  if (!reread.ok) throw new Error(`the lock of ${lock.release} does not read back as it was written`);
  return { lock: reread.value, failures };
}
