import type { Lock } from '../config/lock.ts';
import type { Failure } from '../core/failure.ts';
import { ok, type Result } from '../core/result.ts';
import type { Host } from '../host.ts';
import type { PatchPin } from '../plan/node.ts';
import { type Plan, planRelease } from '../plan/plan.ts';
import { loadProjects, loadUserPatches } from './load-projects.ts';
import { loadRelease } from './load-release.ts';
import type { LoadedRelease } from './loaded-release.ts';
import { type Selection, type SelectionOptions, select } from './selection.ts';
import type { Processes } from './tools.ts';
import type { GlobalOptions, Workspace } from './workspace.ts';

/** What a release, a selection and the recipes come to, before anything is run. */
export interface Prepared {
  readonly workspace: Workspace;
  readonly lock: Lock;
  readonly selection: Selection;
  readonly plan: Plan;
  readonly userPatches: ReadonlyMap<string, readonly PatchPin[]>;
}

export type PrepareOptions = GlobalOptions & SelectionOptions;

/**
 * Reads what a release is to be built from, and plans it. Errors: those of `openWorkspace`, `loadRelease`, `select` and
 * `loadProjects`.
 * @param processes for commits that the lock leaves open; without it nothing is fetched.
 */
export async function prepare(
  release: string,
  options: PrepareOptions,
  host: Host,
  processes?: () => Promise<Processes>,
): Promise<Result<Prepared, Failure>> {
  const loaded = await loadRelease(release, options, host);
  if (!loaded.ok) return loaded;
  const selection = select(loaded.value.lock, options);
  if (!selection.ok) return selection;
  const { workspace } = loaded.value;
  const recipes = await loadProjects(workspace, selection.value.projects, host.cwd);
  if (!recipes.ok) return recipes;
  const buildable = selection.value.projects.filter((project) => recipes.value.has(project));
  const lock =
    processes === undefined
      ? loaded.value.lock
      : await fillCommits(loaded.value, buildable, processes, host);
  const userPatches = new Map<string, readonly PatchPin[]>();
  for (const project of selection.value.projects) {
    const pins = await loadUserPatches(workspace.root, project);
    if (pins.length > 0) userPatches.set(project, pins);
  }
  const plan = planRelease({ lock, recipes: recipes.value, ...selection.value, userPatches });
  return ok({ workspace, lock, selection: selection.value, plan, userPatches });
}

async function fillCommits(
  loaded: LoadedRelease,
  projects: readonly string[],
  processes: () => Promise<Processes>,
  host: Host,
): Promise<Lock> {
  const isOpen = projects.some((name) => loaded.lock.projects[name as never]?.commit === 'unresolved');
  if (!isOpen) return loaded.lock;
  const { fillUnresolved } = await import('./fill-unresolved.ts');
  return fillUnresolved(loaded, projects, await processes(), host);
}
