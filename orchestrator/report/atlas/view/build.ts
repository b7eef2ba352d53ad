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
  /** Lines for a POSIX shell: the commands that compile, with their whole environment. */
  readonly script: string;
  /**
   * Whether a plan of today comes to the very digest of the build: `no` where recipes have changed since, `unknown` where the lock does not
   * say what its tag points at.
   */
  readonly confirmed: 'yes' | 'no' | 'unknown';
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

/** @param rows all files of the build. */
export async function buildView(
  rows: readonly AtlasRow[],
  stepsOf: (use: AtlasUse, digest: string) => Promise<BuildSteps | undefined>,
): Promise<BuildView> {
  const releases = releasesIn(rows);
  const last = rows.find(({ release }) => release.name === releases.at(-1));
  if (last === undefined) throw new TypeError('a build of no file');
  const digest = last.file.said?.build ?? '';
  const { name, version, repository, commit, go, flavour, patches } = last.project;
  return {
    ...{ page: 'build', digest, project: name, version },
    ...defined({ repository, commit, go, flavour }),
    patches: patchesOf(patches),
    releases,
    counts: countFiles(rows.map(({ file }) => file)),
    files: filesOf(rows, releases.length),
    causes: causesOf(rows),
    ...defined({ steps: await stepsOf(last, digest) }),
    by: [...new Set(rows.flatMap(({ file }) => file.said?.by ?? []))].sort(),
  };
}

/** What is said of a build as JSON: without its script, which its page alone has. `plan --commands --json` prints it as data. */
export function buildJson({ steps, ...about }: BuildView) {
  if (steps === undefined) return about;
  const { release, confirmed } = steps;
  return { ...about, steps: { release, confirmed } };
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
