import type { Lock } from '../../config/lock/lock.ts';
import type { Failure } from '../../core/failure.ts';
import type { ReleaseName } from '../../core/names.ts';
import { err, ok, type Result } from '../../core/result.ts';
import type { Host } from '../../host.ts';
import { compareReleases } from '../../release/difference/compare-releases.ts';
import type { ReleaseDifference } from '../../release/difference/difference.ts';
import { lockedReleases } from '../../workspace/load-lock.ts';
import type { LoadedRelease } from '../../workspace/loaded-release.ts';
import type { GlobalOptions, Workspace } from '../../workspace/workspace.ts';
import { loadSide, sideOf } from './load-sides.ts';
import { loadOwnPatches } from './own-patches.ts';

/**
 * What changed from a former release to one as it is made here, with the user's own patches: from the one that is named, else the
 * latest before it of its branch of which a lock is at hand; where there is none, what own patches change of the release itself, and
 * undefined without such. Fetches nothing.
 * Errors: what is wrong with the locks or recipes of either.
 */
export async function differenceSince(
  since: string | undefined,
  loaded: Pick<LoadedRelease, 'workspace' | 'lock'>,
  options: GlobalOptions,
  host: Host,
): Promise<Result<ReleaseDifference | undefined, Failure>> {
  const known = since === undefined ? await formerRelease(loaded) : ok(since);
  if (!known.ok) return known;
  const ownPatches = await loadOwnPatches(loaded, host);
  if (!ownPatches.ok) return ownPatches;
  const former = known.value ?? (ownPatches.value.size > 0 ? loaded.lock.release : undefined);
  if (former === undefined) return ok(undefined);
  const before = await loadSide(former, options, host);
  if (!before.ok) return before;
  const after = await sideOf(loaded, host);
  if (!after.ok) return after;
  return ok(compareReleases(before.value.side, { ...after.value, ownPatches: ownPatches.value }));
}

async function formerRelease({
  workspace,
  lock: { branch, number },
}: {
  readonly workspace: Pick<Workspace, 'searchPath'>;
  readonly lock: Pick<Lock, 'branch' | 'number'>;
}): Promise<Result<ReleaseName | undefined, Failure>> {
  const locked = await lockedReleases(workspace);
  if (!locked.ok) return err({ reason: 'configuration', diagnostics: [locked.error] });
  const start = `v${branch}-eks-`;
  const numbers = [...locked.value.keys()].flatMap((name) => {
    const at = name.startsWith(start) ? Number(name.slice(start.length)) : Number.NaN;
    return at < number ? [at] : [];
  });
  return ok(numbers.length === 0 ? undefined : (`${start}${Math.max(...numbers)}` as ReleaseName));
}
