import { defined } from '../../../core/defined.ts';
import { type Counts, countFiles, publishedIn } from '../counts.ts';
import { type AtlasRelease, type AtlasRow, usesOf } from '../data.ts';
import { inOrder, newestFirst, numbersFirst, sortedBy } from '../order.ts';
import type { CauseName } from './cause.ts';
import type { Change, ChangesBetween } from './change.ts';
import { filesOf } from './project.ts';

/** A release in a few words. */
interface ReleaseBrief {
  readonly name: string;
  readonly number: number;
  readonly date: string;
  readonly counts: Counts;
}

export interface BranchBrief {
  readonly name: string;
  readonly counts: Counts;
  /** Oldest first. */
  readonly releases: readonly ReleaseBrief[];
}

export interface FrontView {
  readonly page: 'front';
  /** What makes this folder one that another atlas may replace. */
  readonly atlas: 1;
  readonly counts: Counts;
  /** How many of all files have a published SHA-256: by nothing else is it known which are the same. */
  readonly files: number;
  /** How many different files those are. */
  readonly distinct: number;
  readonly branches: readonly BranchBrief[];
  readonly projects: readonly { readonly name: string; readonly versions: number; readonly counts: Counts }[];
  readonly causes: readonly CauseName[];
  readonly latest: readonly Latest[];
}

export interface Latest extends ReleaseBrief {
  readonly before?: string;
  /** Absent where there is none before, or nobody knows. */
  readonly changes?: readonly Change[];
}

export interface BranchView extends BranchBrief {
  readonly page: 'branch';
  readonly changes: readonly Latest[];
}

/** How many of the last releases the front tells about. */
const told = 8;

export function frontView(
  releases: readonly AtlasRelease[],
  rows: readonly AtlasRow[],
  causes: readonly CauseName[],
): Omit<FrontView, 'latest'> {
  return {
    ...{ page: 'front', atlas: 1 },
    counts: countFiles(rows.map(({ file }) => file)),
    ...publishedIn(rows.map(({ file }) => file)),
    branches: branchesOf(releases),
    projects: sortedBy(usesOf(releases), ({ project }) => project.name).map(([name, group]) => ({
      name,
      versions: new Set(group.map(({ project }) => project.version)).size,
      counts: countFiles(filesOf(group)),
    })),
    causes,
  };
}

export function branchesOf(releases: readonly AtlasRelease[]): readonly BranchBrief[] {
  return sortedBy(inOrder(releases), ({ branch }) => branch)
    .map(([name, group]) => ({
      name,
      counts: countFiles(group.flatMap(({ projects }) => projects.flatMap(({ files }) => files))),
      releases: group.map(briefOf),
    }))
    .sort((a, b) => numbersFirst(b.name, a.name));
}

/** @param own the releases of the branch. */
export async function branchView(
  branch: BranchBrief,
  own: readonly AtlasRelease[],
  before: ReadonlyMap<string, AtlasRelease>,
  changesBetween: ChangesBetween,
): Promise<BranchView> {
  const changes = await latestOf(newestFirst(own), before, changesBetween);
  return { page: 'branch', ...branch, changes };
}

function briefOf({ name, number, date, projects }: AtlasRelease): ReleaseBrief {
  return { name, number, date, counts: countFiles(projects.flatMap(({ files }) => files)) };
}

/** The newest so many. */
export function newest(releases: readonly AtlasRelease[], count = told): readonly AtlasRelease[] {
  return newestFirst(releases).slice(0, count);
}

/** Releases with what each changed, one after the other. @param before what came before each. */
export async function latestOf(
  releases: readonly AtlasRelease[],
  before: ReadonlyMap<string, AtlasRelease>,
  changesBetween: ChangesBetween,
): Promise<readonly Latest[]> {
  const latest: Latest[] = [];
  for (const release of releases) {
    const former = before.get(release.name)?.name;
    const changes = former === undefined ? undefined : await changesBetween(former, release.name);
    latest.push({ ...briefOf(release), ...defined({ before: former, changes }) });
  }
  return latest;
}

/** What came before each release in its branch. */
export function predecessors(releases: readonly AtlasRelease[]): ReadonlyMap<string, AtlasRelease> {
  const ordered = inOrder(releases);
  return new Map(
    ordered.flatMap((release, at) => {
      const former = ordered[at - 1];
      return former?.branch === release.branch ? [[release.name, former] as const] : [];
    }),
  );
}
