import type { Failure } from '../../core/failure.ts';
import { projectsIn } from '../../core/names.ts';
import { err, ok, type Result } from '../../core/result.ts';
import type { Host } from '../../host.ts';
import type { ComparedSide } from '../../release/difference/compare-projects.ts';
import { loadProjects } from '../../workspace/load-projects.ts';
import type { LoadedRelease } from '../../workspace/loaded-release.ts';
import type { GlobalOptions } from '../../workspace/workspace.ts';
import { loadRelease } from '../prepare/load-release.ts';
import { loadOwnPatches } from './own-patches.ts';

/** Two releases that are to be compared, by their locks and recipes. Errors: what is wrong with either. */
export async function loadSides(
  first: string,
  second: string,
  options: GlobalOptions & { readonly ownPatches?: boolean },
  host: Host,
): Promise<Result<[ComparedSide, ComparedSide], readonly Failure[]>> {
  const before = await loadSide(first, options, host);
  const after = first === second ? before : await loadSide(second, options, host);
  if (!before.ok) return err(after.ok || after === before ? [before.error] : [before.error, after.error]);
  if (!after.ok) return err([after.error]);
  const own = options.ownPatches === true ? await loadOwnPatches(after.value.loaded, host) : ok(new Map());
  if (!own.ok) return err([own.error]);
  return ok([before.value.side, { ...after.value.side, ownPatches: own.value }]);
}

interface LoadedSide {
  readonly loaded: Pick<LoadedRelease, 'workspace' | 'lock'>;
  readonly side: ComparedSide;
}

/** A release as it was published. Errors: those of `loadRelease` and `sideOf`. */
export async function loadSide(
  release: string,
  options: GlobalOptions,
  host: Host,
): Promise<Result<LoadedSide, Failure>> {
  const loaded = await loadRelease(release, options, host);
  if (!loaded.ok) return loaded;
  const side = await sideOf(loaded.value, host);
  return side.ok ? ok({ loaded: loaded.value, side: side.value }) : side;
}

/** A release whose lock is there, as it was published. Errors: those of `loadProjects`. */
export async function sideOf(
  { lock, workspace }: LoadedSide['loaded'],
  host: Host,
): Promise<Result<ComparedSide, Failure>> {
  const recipes = await loadProjects(workspace, projectsIn(lock.projects), host);
  return recipes.ok ? ok({ lock, recipes: recipes.value, ownPatches: new Map() }) : recipes;
}
