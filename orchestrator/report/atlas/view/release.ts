import { defined } from '../../../core/defined.ts';
import type { VerdictName } from '../../../verdict/verify/verdict.ts';
import { type Counts, countFiles } from '../counts.ts';
import type { AtlasBase, AtlasFile, AtlasProject, AtlasRelease } from '../data.ts';
import { sortedBy } from '../order.ts';
import type { Change, ChangesBetween } from './change.ts';

export interface ReleaseView {
  readonly page: 'release';
  readonly name: string;
  readonly branch: string;
  readonly date: string;
  readonly counts: Counts;
  /** Its neighbours in the branch. */
  readonly before?: string;
  readonly after?: string;
  /** What differs from the release before; absent where there is none, or nobody knows. */
  readonly changes?: readonly Change[];
  readonly upstream?: NonNullable<AtlasRelease['upstream']>;
  /** What of it could not be read: a sentence each. */
  readonly troubles?: readonly string[];
  readonly baseImages: readonly AtlasBase[];
  readonly projects: readonly ProjectOfRelease[];
}

export interface ProjectOfRelease extends Pick<AtlasProject, 'name' | 'version'> {
  readonly repository?: string;
  readonly commit?: string;
  readonly go?: string;
  readonly flavour?: string;
  readonly counts: Counts;
  /** What was built, once somebody did. */
  readonly builds: readonly string[];
  readonly patches: readonly PatchOfRelease[];
  readonly platforms: readonly string[];
  /** By name, and within one by platform. */
  readonly files: readonly (readonly [name: string, on: readonly BuiltFile[]])[];
}

export interface PatchOfRelease {
  /** Its subject, or the name of its file. */
  readonly what: string;
  readonly sha256: string;
  readonly fixes?: readonly string[];
}

/** A file for one platform. What is known of a build is on the page of that. */
export interface FileOfRelease {
  readonly platform: string;
  readonly expected?: string;
  readonly comparable?: boolean;
  /** Absent: not known yet. */
  readonly verdict?: VerdictName;
  readonly found?: string;
  readonly cause?: string;
}

interface BuiltFile extends FileOfRelease {
  readonly build?: string;
}

/** @param before, after its neighbours. */
export async function releaseView(
  release: AtlasRelease,
  before: AtlasRelease | undefined,
  after: string | undefined,
  changesBetween: ChangesBetween,
): Promise<ReleaseView> {
  const { name, branch, date, upstream, troubles, baseImages, projects } = release;
  return {
    ...{ page: 'release', name, branch, date },
    counts: countFiles(projects.flatMap(({ files }) => files)),
    ...defined({
      before: before?.name,
      after,
      changes: before && (await changesBetween(before.name, name)),
      ...{ upstream, troubles },
    }),
    baseImages,
    projects: projects.map(projectOf),
  };
}

/** See `releaseJson`. */
export interface ReleaseJson extends Omit<ReleaseView, 'projects'> {
  readonly projects: readonly (Omit<ProjectOfRelease, 'platforms' | 'files' | 'patches'> & {
    readonly patches?: readonly PatchOfRelease[];
    readonly files: readonly (FileOfRelease & { readonly name: string })[];
  })[];
}

/**
 * What is said of a release as JSON. Files that were built, and the patches of that, are in the JSON of their builds, which releases
 * share: those files of a build that name no releases, or this one.
 */
export function releaseJson({ projects, ...about }: ReleaseView): ReleaseJson {
  return {
    ...about,
    projects: projects.map(({ platforms: _, files, patches, ...project }) => {
      const unbuilt = files.flatMap(([name, on]) =>
        on.flatMap(({ build, ...file }) => (build === undefined ? [{ name, ...file }] : [])),
      );
      return { ...project, ...(project.builds.length === 0 ? { patches } : {}), files: unbuilt };
    }),
  };
}

function projectOf(project: AtlasProject): ProjectOfRelease {
  const { name, version, repository, commit, go, flavour, patches, files } = project;
  return {
    ...{ name, version },
    ...defined({ repository, commit, go, flavour }),
    counts: countFiles(files),
    builds: buildsIn(files),
    patches: patchesOf(patches),
    platforms: [...new Set(files.map(({ platform }) => platform))].sort(),
    files: sortedBy(files, (file) => file.name).map(([file, on]) => [
      file,
      on.map((each) => ({ ...fileOf(each), ...defined({ build: each.said?.build }) })),
    ]),
  };
}

export function patchesOf(patches: AtlasProject['patches']): readonly PatchOfRelease[] {
  return patches.map(({ path, subject, sha256, fixes }) => ({
    what: subject ?? path.slice(path.lastIndexOf('/') + 1),
    sha256,
    ...defined({ fixes }),
  }));
}

export function fileOf({ platform, expected, said }: AtlasFile): FileOfRelease {
  return {
    platform,
    ...defined({ expected, verdict: said?.verdict, comparable: said?.comparable }),
    ...defined({ found: said?.found, cause: said?.cause?.kind }),
  };
}

export function buildsIn(files: readonly AtlasFile[]): readonly string[] {
  return [...new Set(files.flatMap(({ said }) => said?.build ?? []))].sort();
}
