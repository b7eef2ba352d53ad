import { defined } from '../../../core/defined.ts';
import type { VerdictName } from '../../../verdict/verify/verdict.ts';
import { type Counts, countFiles } from '../counts.ts';
import type { AtlasRow, AtlasUse } from '../data.ts';
import { sortedBy } from '../order.ts';
import { releasesIn } from './project.ts';
import { type FileOfRelease, fileOf, type PatchOfRelease, patchesOf } from './release.ts';

/** What came of one build, for all releases that have it. */
export interface BuildView {
  readonly page: 'build';
  readonly digest: string;
  readonly project: string;
  readonly version: string;
  readonly repository?: string;
  readonly commit?: string;
  readonly go?: string;
  readonly flavour?: string;
  readonly patches: readonly PatchOfRelease[];
  readonly releases: readonly string[];
  readonly counts: Counts;
  readonly files: readonly FileOfBuild[];
  readonly causes: readonly CauseOfBuild[];
  /** How it is done; absent where no lock or recipe at hand says it. */
  readonly steps?: BuildSteps;
  /** Who says so. */
  readonly by: readonly string[];
}

/** How a build is done, planned from the lock of the last release that has it and the recipes at hand. */
export interface BuildSteps {
  readonly release: string;
  /**
   * Whether a plan of today comes to the very digest of the build: `no` where recipes have changed since, `unknown` where the lock does not
   * say what its tag points at.
   */
  readonly confirmed: 'yes' | 'no' | 'unknown';
  /** What is done: its own page has it. */
  readonly script: string;
  /** Whether a shell does all of it, from the values beside the build's page; else it is to be read. */
  readonly runs: boolean;
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
  readonly confidence?: string;
}

/** The last release that has a build, and what stands for it. @param rows all files of the build. */
export function lastUse(rows: readonly AtlasRow[]): AtlasUse & { readonly digest: string } {
  const name = releasesIn(rows).at(-1);
  const last = rows.find(({ release }) => release.name === name);
  if (last === undefined) throw new TypeError('a build of no file');
  const { release, project, file } = last;
  return { release, project, digest: file.said?.build ?? '' };
}

/** @param rows all files of the build. */
export function buildView(rows: readonly AtlasRow[], steps: BuildSteps | undefined): BuildView {
  const releases = releasesIn(rows);
  const { digest, ...last } = lastUse(rows);
  const { name, version, repository, commit, go, flavour, patches } = last.project;
  return {
    ...{ page: 'build', digest, project: name, version },
    ...defined({ repository, commit, go, flavour }),
    patches: patchesOf(patches),
    releases,
    counts: countFiles(rows.map(({ file }) => file)),
    files: filesOf(rows, releases.length),
    causes: causesOf(rows),
    ...defined({ steps }),
    by: [...new Set(rows.flatMap(({ file }) => file.said?.by ?? []))].sort(),
  };
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
    if (said?.cause === undefined) return [];
    const { kind, text, confidence } = said.cause;
    return [{ verdict: said.verdict, kind, text, ...defined({ confidence }) }];
  });
  return sortedBy(causes, (cause) => JSON.stringify(cause)).flatMap(([, same]) => same.slice(0, 1));
}
