import type { Lock } from '../config/lock/lock.ts';
import { byCodeUnit } from '../core/canonical-json.ts';
import { asRelativePath, type RelativePath } from '../core/relative-path.ts';

/** A file that a release's site is to have. */
export interface ExpectedPath {
  /** Below `artifacts/` of the release: `plugins/v1.4.0/cni-plugins-linux-amd64-v1.4.0.tar.gz`. */
  readonly path: RelativePath;
  /** Whose list names it. */
  readonly project: string;
  /** That list: upstream's file. */
  readonly list: RelativePath;
}

/** What a site has too little, and too much. Each in code-unit order. */
export interface SiteComparison {
  /** Named, and not there. */
  readonly missing: readonly ExpectedPath[];
  /** There, in a folder at the top that a list speaks of, and named by none. */
  readonly unexpected: readonly string[];
  /** There, in a folder at the top that no list speaks of: nothing is known of them. */
  readonly unlisted: readonly string[];
}

/**
 * What upstream's lists name, each file once: a project's artifacts in the folder with the last part of its name and its tag, the
 * files of all images in Kubernetes' own folder, where the lists of several name sums of the whole folder (`release/copy_artifacts.sh`).
 * @param projects only their lists; all where it is absent.
 */
export function expectedPaths(
  lock: Pick<Lock, 'projects'>,
  projects: readonly string[] = Object.keys(lock.projects),
): readonly ExpectedPath[] {
  const found = new Map<string, ExpectedPath>();
  for (const { project, folder, list } of listsIn(lock, projects)) {
    for (const each of list.paths) {
      const path = asRelativePath(`${folder}/${each}`);
      if (!found.has(path)) found.set(path, { path, project, list: list.file });
    }
  }
  return [...found.values()].sort((a, b) => byCodeUnit(a.path, b.path));
}

/** Holds the files of a site against what upstream's lists name. @param paths below `artifacts/` of the release. */
export function compareWithExpected(
  paths: Iterable<string>,
  lock: Pick<Lock, 'projects'>,
  projects?: readonly string[],
): SiteComparison {
  const expected = expectedPaths(lock, projects);
  const named = new Set<string>(expected.map(({ path }) => path));
  const folders = new Set(expected.map(({ path }) => topOf(path)));
  const there = new Set(paths);
  const isListed = (path: string) => folders.has(topOf(path));
  const unnamed = [...there].filter((path) => !named.has(path)).sort(byCodeUnit);
  return {
    missing: expected.filter(({ path }) => !there.has(path)),
    unexpected: unnamed.filter(isListed),
    unlisted: unnamed.filter((path) => !isListed(path)),
  };
}

/** `plugins` of `plugins/v1.4.0/SHA256SUM`: its other folders are other tags. */
function topOf(path: string): string {
  return path.split('/', 1)[0] ?? '';
}

type ExpectedList = NonNullable<NonNullable<Lock['projects'][string]['expectedFiles']>['artifacts']>;

/** The lists of a lock with the folder that each speaks of. Images of a release without Kubernetes have no place in a site. */
function listsIn(
  { projects }: Pick<Lock, 'projects'>,
  chosen: readonly string[],
): readonly { readonly project: string; readonly folder: string; readonly list: ExpectedList }[] {
  const kubernetes = projects['kubernetes/kubernetes']?.tag;
  return [...chosen].sort(byCodeUnit).flatMap((project) => {
    const { tag, expectedFiles: { artifacts, images } = {} } = projects[project] ?? {};
    const own = `${project.slice(project.indexOf('/') + 1)}/${tag}`;
    return [
      ...(artifacts === undefined ? [] : [{ project, folder: own, list: artifacts }]),
      ...(images === undefined || kubernetes === undefined
        ? []
        : [{ project, folder: `kubernetes/${kubernetes}`, list: images }]),
    ];
  });
}
