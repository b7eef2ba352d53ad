import type { Lock } from '../../config/lock/lock.ts';
import { byCodeUnit } from '../../core/canonical-json.ts';
import { defined } from '../../core/defined.ts';
import { readCommit } from '../../plan/subject.ts';
import { countFiles } from './compare-files.ts';
import { comparedPatch, comparePatches } from './compare-patches.ts';
import { type ComparedSide, compareProject } from './compare-projects.ts';
import {
  type BaseImageDifference,
  type ComparedBase,
  type ComparedGo,
  type ComparedPatch,
  type ComparedRelease,
  differenceSchema,
  type GoDifference,
  type ProjectDifference,
  type ReleaseDifference,
} from './difference.ts';

/** What differs between what two releases are made of; pure. */
export function compareReleases(before: ComparedSide, after: ComparedSide): ReleaseDifference {
  const names = [...Object.keys(before.lock.projects), ...Object.keys(after.lock.projects)];
  const projects = [...new Set(names)]
    .sort(byCodeUnit)
    .map((project) => compareProject(project, before, after));
  const baseImages = compareBases(before.lock, after.lock);
  return {
    schema: differenceSchema,
    before: comparedRelease(before),
    after: comparedRelease(after),
    order: orderOf(before.lock, after.lock),
    differs: baseImages.length > 0 || projects.some(({ change }) => change !== 'same'),
    files: countFiles(projects.flatMap(({ files }) => files)),
    projects,
    gos: compareGos(projects, before.lock, after.lock),
    baseImages,
  };
}

function comparedRelease({ lock, ownPatches }: ComparedSide): ComparedRelease {
  const { release, branch, number } = lock;
  const { commit, date } = readCommit(lock) ?? {};
  const own = [...ownPatches.values()].reduce((sum, patches) => sum + patches.length, 0);
  return { release, branch, number, ...defined({ commit, date }), ownPatches: own };
}

function orderOf(before: Lock, after: Lock): ReleaseDifference['order'] {
  const minor = ({ branch }: Lock) => Number(branch.slice(branch.indexOf('-') + 1));
  const step = minor(after) - minor(before) || after.number - before.number;
  return step === 0 ? 'same' : step > 0 ? 'later' : 'earlier';
}

function compareGos(
  projects: readonly ProjectDifference[],
  before: Lock,
  after: Lock,
): readonly GoDifference[] {
  const steps = new Map<string, GoDifference & { readonly projects: string[] }>();
  for (const { project, before: was, after: is } of projects) {
    if (was === undefined || is === undefined) continue;
    const key = JSON.stringify([was.go ?? null, is.go ?? null]);
    if (JSON.stringify(was.go) === JSON.stringify(is.go)) continue;
    const known = steps.get(key);
    known?.projects.push(project);
    if (known !== undefined) continue;
    const { patches } = comparePatches(goPatches(was.go, before), goPatches(is.go, after));
    steps.set(key, { ...defined({ before: was.go, after: is.go }), projects: [project], patches });
  }
  return [...steps.values()];
}

function goPatches(go: ComparedGo | undefined, { goBuilds }: Lock): readonly ComparedPatch[] {
  const build = go?.build === undefined ? undefined : goBuilds?.[go.build];
  return build?.patches.map(comparedPatch) ?? [];
}

/** By upstream's file: one image may have several tags, a file each. */
function compareBases(before: Lock, after: Lock): readonly BaseImageDifference[] {
  const [old, now] = [basesOf(before), basesOf(after)];
  const files = [...new Set([...old.keys(), ...now.keys()])].sort(byCodeUnit);
  return files.flatMap((file): readonly BaseImageDifference[] => {
    const [was, is] = [old.get(file), now.get(file)];
    if (was !== undefined && is !== undefined && isSameBase(was, is)) return [];
    const change = was === undefined ? 'added' : is === undefined ? 'removed' : 'changed';
    return [{ file, change, ...defined({ before: was, after: is }) }];
  });
}

function basesOf({ baseImages }: Lock): ReadonlyMap<string, ComparedBase> {
  return new Map(
    baseImages.map(({ file, name, tag, digest }) => [file, { name, tag, ...defined({ digest }) }]),
  );
}

/** A tag whose digest nobody asked for may have the other's. */
function isSameBase(was: ComparedBase, is: ComparedBase): boolean {
  const isOpen = was.digest === undefined || is.digest === undefined;
  return was.name === is.name && was.tag === is.tag && (isOpen || was.digest === is.digest);
}
