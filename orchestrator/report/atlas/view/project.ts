import { defined } from '../../../core/defined.ts';
import { type Counts, countFiles, publishedIn } from '../counts.ts';
import type { AtlasFile, AtlasUse } from '../data.ts';
import { numbersFirst, sortedBy } from '../order.ts';
import { buildsIn } from './release.ts';

export interface ProjectView {
  readonly page: 'project';
  readonly name: string;
  readonly repository?: string;
  readonly counts: Counts;
  /** The newest first. */
  readonly versions: readonly VersionOfProject[];
}

/** A version as one Go made it, over all releases. */
interface VersionOfProject {
  readonly version: string;
  readonly go?: string;
  readonly releases: readonly string[];
  /** Those of which somebody said something. */
  readonly builds: readonly string[];
  readonly counts: Counts;
  /** How many different files those are that have a published SHA-256. */
  readonly distinct: number;
}

/** @param uses of one project. */
export function projectView(name: string, uses: readonly AtlasUse[]): ProjectView {
  const repository = uses.find(({ project }) => project.repository !== undefined)?.project.repository;
  return {
    ...{ page: 'project', name, ...defined({ repository }) },
    counts: countFiles(filesOf(uses)),
    versions: sortedBy(uses, ({ project }) => `${project.version} ${project.go ?? ''}`)
      .map(([, same]) => versionOf(same))
      .sort((a, b) => numbersFirst(b.version, a.version) || numbersFirst(b.go ?? '', a.go ?? '')),
  };
}

function versionOf(uses: readonly AtlasUse[]): VersionOfProject {
  const project = uses[0]?.project;
  const files = filesOf(uses);
  return {
    version: project?.version ?? '',
    ...defined({ go: project?.go }),
    releases: releasesIn(uses),
    builds: buildsIn(files),
    counts: countFiles(files),
    distinct: publishedIn(files).distinct,
  };
}

/** Each once, oldest first. */
export function releasesIn(uses: readonly Pick<AtlasUse, 'release'>[]): readonly string[] {
  return [...new Set(uses.map(({ release }) => release.name))].sort(numbersFirst);
}

export function filesOf(uses: readonly AtlasUse[]): readonly AtlasFile[] {
  return uses.flatMap(({ project }) => project.files);
}
