import { type Change, changesBetween } from '../changes.ts';
import { type Counts, countFiles } from '../counts.ts';
import { type AtlasRelease, type AtlasRow, usesOf } from '../data.ts';
import { inOrder, newestFirst, numbersFirst, sortedBy } from '../order.ts';
import type { CauseName } from './cause.ts';
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
  readonly files: number;
  /** How many different files all of it is. */
  readonly distinct: number;
  readonly branches: readonly BranchBrief[];
  readonly projects: readonly { readonly name: string; readonly versions: number; readonly counts: Counts }[];
  readonly causes: readonly CauseName[];
  readonly latest: readonly Latest[];
}

export interface Latest extends ReleaseBrief {
  readonly before?: string;
  readonly changes: readonly Change[];
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
): FrontView {
  return {
    ...{ page: 'front', atlas: 1 },
    counts: countFiles(rows.map(({ file }) => file)),
    files: rows.length,
    distinct: new Set(rows.map(({ file }) => file.expected)).size,
    branches: branchesOf(releases),
    projects: sortedBy(usesOf(releases), ({ project }) => project.name).map(([name, group]) => ({
      name,
      versions: new Set(group.map(({ project }) => project.version)).size,
      counts: countFiles(filesOf(group)),
    })),
    causes: causes.map(({ verdict, kind, files, builds }) => ({ verdict, kind, files, builds })),
    latest: latestOf(releases, told),
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

export function branchView(branch: BranchBrief, releases: readonly AtlasRelease[]): BranchView {
  const own = releases.filter((release) => release.branch === branch.name);
  return { page: 'branch', ...branch, changes: latestOf(own, own.length) };
}

function briefOf({ name, number, date, projects }: AtlasRelease): ReleaseBrief {
  return { name, number, date, counts: countFiles(projects.flatMap(({ files }) => files)) };
}

/** The newest so many, with what each changed. */
export function latestOf(releases: readonly AtlasRelease[], count: number): readonly Latest[] {
  const before = predecessors(releases);
  return newestFirst(releases)
    .slice(0, count)
    .map((release) => {
      const former = before.get(release.name);
      const changes = former === undefined ? [] : changesBetween(former, release);
      return { ...briefOf(release), ...(former === undefined ? {} : { before: former.name }), changes };
    });
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
