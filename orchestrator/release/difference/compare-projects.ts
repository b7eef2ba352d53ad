import type { Lock, LockedGo, LockedProject } from '../../config/lock/lock.ts';
import type { Project } from '../../config/project/project.ts';
import { byCodeUnit } from '../../core/canonical-json.ts';
import { defined } from '../../core/defined.ts';
import { holds } from '../../plan/condition.ts';
import { subjectOf } from '../../plan/subject.ts';
import { authorityOf, compareFiles, type FileSide } from './compare-files.ts';
import { comparedPatch, comparePatches } from './compare-patches.ts';
import type { ComparedGo, ComparedPatch, ProjectDifference, ProjectPins, RecipeBuild } from './difference.ts';

/** A release that is compared. */
export interface ComparedSide {
  readonly lock: Lock;
  /** By project; one that is missing has no recipe. */
  readonly recipes: ReadonlyMap<string, Project>;
  /** The user's own patches by project, applied after the release's. */
  readonly ownPatches: ReadonlyMap<string, readonly ComparedPatch[]>;
}

/** A project that one of two releases has, or both. Of one that is new or gone, no patches are listed: all of them are. */
export function compareProject(
  project: string,
  before: ComparedSide,
  after: ComparedSide,
): ProjectDifference {
  const [was, is] = [before.lock.projects[project], after.lock.projects[project]];
  const isSameRelease = before.lock.digest === after.lock.digest;
  const files = compareFiles(filesOf(project, before), filesOf(project, after), isSameRelease);
  const pins = defined({ before: pinsOf(project, before), after: pinsOf(project, after) });
  if (was === undefined || is === undefined) {
    const change = was === undefined ? 'added' : 'removed';
    return { project, change, ...pins, patches: [], reordered: false, files, listed: nothing };
  }
  const patches = comparePatches(patchesOf(project, before), patchesOf(project, after));
  const listed = compareLists(was, is);
  const isSame =
    arePinsSame(pins.before, pins.after) &&
    patches.patches.length === 0 &&
    !patches.reordered &&
    files.every(({ change }) => change === 'same' || change === 'unknown') &&
    listed.added.length + listed.removed.length === 0;
  return { project, change: isSame ? 'same' : 'changed', ...pins, ...patches, files, listed };
}

const nothing = { added: [], removed: [] };

function filesOf(project: string, { lock, ownPatches }: ComparedSide): FileSide {
  return { locked: lock.projects[project], isPatched: ownPatches.has(project) };
}

function patchesOf(project: string, { lock, ownPatches }: ComparedSide): readonly ComparedPatch[] {
  const released = lock.projects[project]?.patches.map(comparedPatch) ?? [];
  return [...released, ...(ownPatches.get(project) ?? [])];
}

function pinsOf(project: string, { lock, recipes }: ComparedSide): ProjectPins | undefined {
  const locked = lock.projects[project];
  if (locked === undefined) return undefined;
  const { repository, tag, commit, golang, go, kubernetes } = locked;
  const builds = recipes.get(project)?.builds;
  const subject = subjectOf(project, lock);
  const recipe = builds?.flatMap(({ when, module }, index): readonly RecipeBuild[] =>
    holds(when, subject) ? [{ build: index + 1, module, ...defined({ when }) }] : [],
  );
  return {
    ...{ repository, tag, commit },
    ...defined({
      golang: golang?.minor,
      go: go && comparedGo(go),
      recipe,
      kubernetes: kubernetes && { era: kubernetes.era, stamping: kubernetes.stamping.rule },
    }),
    authority: authorityOf(locked),
  };
}

function comparedGo({ version, flavour, build }: LockedGo): ComparedGo {
  return { version, flavour, ...defined({ build }) };
}

/** A commit that nobody was asked for may be the other one. */
function arePinsSame(before: ProjectPins | undefined, after: ProjectPins | undefined): boolean {
  const isOpen = before?.commit === 'unresolved' || after?.commit === 'unresolved';
  const [was, is] = [before, after].map((pins) => JSON.stringify(isOpen ? { ...pins, commit: '' } : pins));
  return was === is;
}

/** What lists of published files name on one side alone, where the names differ by more than the tag. */
function compareLists(was: LockedProject, is: LockedProject): ProjectDifference['listed'] {
  const [added, removed]: [string[], string[]] = [[], []];
  for (const kind of ['artifacts', 'images'] as const) {
    const [old, now] = [was, is].map(({ tag, expectedFiles }) => {
      const paths = expectedFiles?.[kind]?.paths;
      return paths && new Map(paths.map((path) => [path.replaceAll(tag, '<tag>'), path]));
    });
    if (old === undefined || now === undefined) continue;
    added.push(...[...now].filter(([name]) => !old.has(name)).map(([, path]) => path));
    removed.push(...[...old].filter(([name]) => !now.has(name)).map(([, path]) => path));
  }
  return { added: added.sort(byCodeUnit), removed: removed.sort(byCodeUnit) };
}
