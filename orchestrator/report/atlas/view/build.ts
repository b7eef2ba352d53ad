import type { VerdictName } from '../../../verdict/verify/verdict.ts';
import { type Counts, countFiles } from '../counts.ts';
import type { AtlasRow } from '../data.ts';
import { sortedBy } from '../order.ts';
import { releasesIn } from './project.ts';
import { type FileOfRelease, fileOf } from './release.ts';

/** What came of one build, for all releases that have it. */
export interface BuildView {
  readonly page: 'build';
  readonly digest: string;
  readonly project: string;
  readonly version: string;
  readonly go?: string;
  readonly releases: readonly string[];
  readonly counts: Counts;
  readonly files: readonly FileOfBuild[];
  readonly causes: readonly CauseOfBuild[];
  /** Who says so. */
  readonly by: readonly string[];
}

interface FileOfBuild extends FileOfRelease {
  readonly name: string;
  /** Those in which the very same is expected and said; absent: all. */
  readonly releases?: readonly string[];
}

interface CauseOfBuild {
  readonly verdict: VerdictName;
  readonly kind: string;
  readonly text: string;
}

export function buildViews(rows: readonly AtlasRow[]): readonly BuildView[] {
  const built = rows.filter(({ file }) => file.said?.build !== undefined);
  return sortedBy(built, ({ file }) => file.said?.build ?? '').map(([digest, group]) => {
    const project = group[0]?.project;
    const releases = releasesIn(group);
    return {
      ...{ page: 'build', digest, project: project?.name ?? '', version: project?.version ?? '' },
      ...(project?.go === undefined ? {} : { go: project.go }),
      releases,
      counts: countFiles(group.map(({ file }) => file)),
      files: filesOf(group, releases.length),
      causes: causesOf(group),
      by: [...new Set(group.flatMap(({ file }) => file.said?.by ?? []))].sort(),
    };
  });
}

function filesOf(rows: readonly AtlasRow[], all: number): readonly FileOfBuild[] {
  const same = ({ file: { platform, name, expected, said } }: AtlasRow) =>
    [name, platform, expected, said?.verdict, said?.found].join(' ');
  return sortedBy(rows, same).flatMap(([, group]) => {
    const file = group[0]?.file;
    if (file === undefined) return [];
    const releases = releasesIn(group);
    return [{ name: file.name, ...fileOf(file), ...(releases.length === all ? {} : { releases }) }];
  });
}

/** Each once. */
function causesOf(rows: readonly AtlasRow[]): readonly CauseOfBuild[] {
  const causes = rows.flatMap(({ file: { said } }) => {
    return said?.cause === undefined
      ? []
      : [{ verdict: said.verdict, kind: said.cause.kind, text: said.cause.text }];
  });
  return sortedBy(causes, (cause) => JSON.stringify(cause)).flatMap(([, same]) => same.slice(0, 1));
}
