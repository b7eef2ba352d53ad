import { join, resolve } from 'node:path';
import type { Failure } from '../../core/failure.ts';
import type { ReleaseName } from '../../core/names.ts';
import { err, ok, type Result } from '../../core/result.ts';
import type { Host } from '../../host.ts';
import type { AtlasRelease } from '../../report/atlas/data.ts';
import { lockedReleases, readLockFile } from '../../workspace/load-lock.ts';
import type { Workspace } from '../../workspace/workspace.ts';
import { openRecords } from '../audit/record-files.ts';
import { claimCache } from '../wiring/tools.ts';
import { joinRelease } from './join-release.ts';

/**
 * All releases that have a lock or records at hand. Errors: `configuration`, what of them cannot be read; `usage` where a folder was named
 * that has no records. @param named a folder of records; undefined: that of the root.
 */
export async function gatherReleases(
  workspace: Workspace,
  named: string | undefined,
  host: Host,
): Promise<Result<readonly AtlasRelease[], Failure>> {
  const locks = await lockedReleases(workspace);
  if (!locks.ok) return err({ reason: 'configuration', diagnostics: [locks.error] });
  claimCache(workspace, host);
  const records = openRecords(resolve(host.cwd, named ?? join(workspace.root, 'records')), host);
  const recorded = await records.releases();
  if (!recorded.ok) return recorded;
  if (named !== undefined && recorded.value.length === 0) {
    const help = 'Name a folder that "eksd-rebuild audit" filled, or "verify --records".';
    return err({ reason: 'usage', message: `${named} holds no records.`, help });
  }
  const releases: AtlasRelease[] = [];
  for (const name of [
    ...new Set([...(locks.value.keys() as Iterable<ReleaseName>), ...recorded.value]),
  ].sort()) {
    if (host.signal.aborted) return err({ reason: 'aborted' });
    const file = locks.value.get(name);
    const lock = file === undefined ? undefined : await readLockFile(file, workspace, host);
    if (lock?.ok === false) return err({ reason: 'configuration', diagnostics: lock.error });
    const said = await records.read(name);
    if (!said.ok) return said;
    releases.push(joinRelease(name, lock?.value, [...said.value.values()]));
  }
  return ok(releases);
}
