import type { Lock } from '../../config/lock/lock.ts';
import { defined } from '../../core/defined.ts';
import { digestOf } from '../../core/digest.ts';
import type { Failure } from '../../core/failure.ts';
import { isProjectName } from '../../core/names.ts';
import { ok } from '../../core/result.ts';
import type { Host } from '../../host.ts';
import { type PlanInput, planRelease } from '../../plan/plan.ts';
import { compareReleases } from '../../release/difference/compare-releases.ts';
import type { AtlasOptions } from '../../report/atlas/atlas.ts';
import type { AtlasRelease } from '../../report/atlas/data.ts';
import { type Change, changesOf } from '../../report/atlas/view/change.ts';
import { buildText } from '../../report/reproduce/commands-text.ts';
import { decodedOnce } from '../../workspace/decoded.ts';
import { readLockFile } from '../../workspace/load-lock.ts';
import { readProjects } from '../../workspace/load-projects.ts';
import type { Workspace } from '../../workspace/workspace.ts';
import { buildDigests } from '../audit/distinct-builds.ts';
import { againOf } from '../shown/again.ts';
import { commandsOf } from '../shown/commands.ts';
import type { Gathered } from './gather.ts';
import { overlaysFor } from './overlays.ts';

/** What an atlas says beyond what it was gathered from: what locks and recipes come to. Recipes that cannot be read are named, and count for nothing. */
export interface KnownPlans {
  /** The same releases, known by their recipes, too. */
  readonly releases: readonly AtlasRelease[];
  readonly troubles: readonly Failure[];
  readonly options: Required<Pick<AtlasOptions, 'changesBetween' | 'stepsOf'>>;
}

export async function knowPlans(
  { releases, locks, troubles }: Gathered,
  workspace: Workspace,
  host: Host,
): Promise<KnownPlans> {
  const names = new Set(releases.flatMap(({ projects }) => projects.map(({ name }) => name)));
  const { recipes, complaints } = await readProjects(
    workspace,
    [...names].sort().filter(isProjectName),
    host,
  );
  const ofRecipes = digestOf(JSON.stringify([...recipes]));
  const sources = new Map(releases.map(({ name, source }) => [name, source]));
  const lockOf = lastUsed(async (release: string): Promise<Lock | undefined> => {
    const file = sources.get(release) === undefined ? undefined : locks.get(release);
    const lock = file === undefined ? undefined : await readLockFile(file, workspace, host);
    return lock?.ok === true ? lock.value : undefined;
  });
  const overlays = await overlaysFor([...sources.keys()], lockOf, workspace, host);
  const differ = async (before: string, after: string): Promise<readonly Change[] | undefined> => {
    const [was, is] = [await lockOf(before), await lockOf(after)];
    if (was === undefined || is === undefined) return undefined;
    const side = (lock: Lock) => ({ lock, recipes, ownPatches: new Map() });
    return changesOf(compareReleases(side(was), side(is)));
  };
  return {
    releases: releases.map((release) => {
      if (release.source === undefined) return release;
      return { ...release, source: digestOf(release.source + ofRecipes + overlays.textOf(release.name)) };
    }),
    troubles: [
      ...troubles,
      ...(complaints.length === 0 ? [] : [{ reason: 'configuration', diagnostics: complaints } as const]),
      ...overlays.troubles,
    ],
    options: {
      changesBetween: onceEach(async (before, after) => {
        const [was, is] = [sources.get(before), sources.get(after)];
        if (was === undefined || is === undefined) return undefined;
        const decode = async () => ok((await differ(before, after)) ?? null);
        const text = [was, is, ofRecipes].join(' ');
        const found = await decodedOnce(text, { as: 'changes of an atlas', decode }, workspace, host);
        return found.ok ? (found.value ?? undefined) : undefined;
      }),
      async stepsOf({ release, project: { name } }, digest) {
        const overrides = overlays.of(release.name);
        if (release.source === undefined || overrides === undefined) return undefined;
        const decode = async () =>
          ok((await plannedSteps(await lockOf(release.name), name, { recipes, overrides })) ?? null);
        const text = [release.source, ofRecipes, overlays.textOf(release.name), name].join(' ');
        const found = await decodedOnce(text, { as: 'steps of an atlas', decode }, workspace, host);
        if (!found.ok || found.value === null) return undefined;
        const { script, values, build } = found.value;
        const confirmed = build === undefined ? 'unknown' : build === digest ? 'yes' : 'no';
        return { release: release.name, script, values, confirmed };
      },
    },
  };
}

interface PlannedSteps {
  readonly script: string;
  readonly values?: string;
  /** What stands for the build that is planned; absent where the lock does not say what its tag points at. */
  readonly build?: string;
}

async function plannedSteps(
  lock: Lock | undefined,
  project: string,
  known: Pick<PlanInput, 'recipes' | 'overrides'>,
): Promise<PlannedSteps | undefined> {
  const locked = lock?.projects[project];
  if (lock === undefined || locked === undefined || !isProjectName(project)) return undefined;
  const input: PlanInput = {
    ...{ ...known, lock, projects: [project], isSelected: () => true, userPatches: new Map() },
  };
  const plan = planRelease(input);
  const build = locked.commit === 'unresolved' ? undefined : buildDigests(plan).get(project);
  const again = await againOf(plan, project, lock.release);
  if (again !== undefined) return { ...again, ...defined({ build }) };
  // Nothing was built: what only a source says has a name.
  const { shown } = await commandsOf(input, 'direct', new Map(), { treePath: (tree) => tree });
  return shown.length === 0 ? undefined : { script: buildText(shown), ...defined({ build }) };
}

/** As many locks as are asked for again soon. */
const most = 4;

/** Keeps what was asked for last. */
function lastUsed<T>(load: (name: string) => Promise<T>): (name: string) => Promise<T> {
  const kept = new Map<string, Promise<T>>();
  return (name) => {
    const found = kept.get(name) ?? load(name);
    kept.delete(name);
    kept.set(name, found);
    for (const [oldest] of kept) if (kept.size > most) kept.delete(oldest);
    return found;
  };
}

function onceEach<T>(ask: (a: string, b: string) => Promise<T>): (a: string, b: string) => Promise<T> {
  const known = new Map<string, Promise<T>>();
  return (a, b) => {
    const key = JSON.stringify([a, b]);
    const found = known.get(key) ?? ask(a, b);
    known.set(key, found);
    return found;
  };
}
