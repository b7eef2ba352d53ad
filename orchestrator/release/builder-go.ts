import type { Failure } from '../core/failure.ts';
import { ok, type Result } from '../core/result.ts';
import { minorOf, type ReadVersion } from './go-version.ts';
import type { History } from './history.ts';
import { type Blobs, fileIn, readText, type Tree } from './upstream.ts';

/** Which Go the builder image of upstream's CI had, by the history of the repository that makes it. */
export interface BuilderGo {
  /** The version of a Go release (`1.21`) at a moment in seconds since 1970; undefined where the image had none. */
  at(minor: string, time: number): ReadVersion | undefined;
}

/** Where everything about that image is. */
export const builderFolder = 'builder-base';

/**
 * Reads all versions that the builder image ever had. Where they stand changed over the years: `install.sh` (and
 * `versions.sh` beside it) until November 2022, for some days the Dockerfile, then `versions.yaml`.
 * @param repository of the build tooling. @param history of its default branch, below `builderFolder` at least.
 * Errors: `source-unavailable` where the repository lacks content.
 */
export async function readBuilderGo(
  repository: string,
  history: History,
  blobs: Blobs,
): Promise<Result<BuilderGo, Failure>> {
  const timeline = new Map<string, { readonly time: number; readonly version: ReadVersion | undefined }[]>();
  let current: ReadonlyMap<string, ReadVersion> = new Map();
  for (const place of placesOfChange(history)) {
    const tree: Tree = { repository, blobs, history, place };
    const found = await versionsIn(tree);
    if (!found.ok) return found;
    const { id = '', time = 0 } = history.commits[place] ?? {};
    const next = new Map<string, ReadVersion>();
    for (const [minor, { version, read }] of found.value) {
      const known = current.get(minor);
      const isSame = known?.version === version;
      next.set(minor, isSame ? known : { version, read: `${shortName(repository)} ${read}@${id}` });
    }
    for (const minor of new Set([...current.keys(), ...next.keys()])) {
      const version = next.get(minor);
      if (version === current.get(minor)) continue;
      const entries = timeline.get(minor) ?? [];
      timeline.set(minor, entries);
      entries.push({ time, version });
    }
    current = next;
  }
  return ok({ at: (minor, time) => timeline.get(minor)?.findLast((entry) => entry.time <= time)?.version });
}

/** `aws/eks-distro-build-tooling` of its URL. */
function shortName(repository: string): string {
  return repository
    .replace(/\.git$/, '')
    .split('/')
    .slice(-2)
    .join('/');
}

function placesOfChange(history: History): readonly number[] {
  const places = sources.flatMap((name) =>
    history.changes(`${builderFolder}/${name}`).map((change) => change.since),
  );
  return [...new Set(places)].sort((a, b) => a - b);
}

const sources = ['versions.yaml', 'Dockerfile', 'install.sh', 'versions.sh'];

/** The versions that stand in a tree, by minor; `read` is file and line. */
async function versionsIn(tree: Tree): Promise<Result<ReadonlyMap<string, ReadVersion>, Failure>> {
  const texts = new Map<string, string>();
  for (const name of sources) {
    const file = fileIn(tree, `${builderFolder}/${name}`);
    if (file === undefined) continue;
    const text = await readText(tree, file);
    if (!text.ok) return text;
    texts.set(name, text.value);
  }
  const versions = new Map<string, ReadVersion>();
  const collect = (name: string, pattern: RegExp): void => {
    const text = texts.get(name) ?? '';
    for (const match of text.matchAll(pattern)) {
      for (const [, version = ''] of match[0].matchAll(
        /(?<![0-9.])(1\.[0-9]+(?:\.[0-9]+)?)(?![0-9.]*[0-9])/g,
      )) {
        const line = text.slice(0, match.index).split('\n').length;
        versions.set(minorOf(version), { version, read: `${builderFolder}/${name}:${line}` });
      }
    }
  };
  if (texts.has('versions.yaml')) {
    collect('versions.yaml', /^GOLANG_VERSION_1[0-9]+: *["']?1\.[0-9.]+/gm);
  } else if (texts.get('Dockerfile')?.includes('golang-1.19')) {
    collect('Dockerfile', /install_golang\.sh 1\.[0-9.]+/g);
  } else {
    collect('install.sh', /^\s*(?:setupgo|build::go::install)\s+"\$\{GOLANG[0-9]+_VERSION:-[0-9.]+\}"/gm);
    collect('install.sh', /^\s*for version in .*:-1\.[0-9.]+.*; do$/gm);
    collect('install.sh', /^GOLANG_VERSION="\$\{GOLANG_VERSION:-[0-9.]+\}"/gm);
    collect('versions.sh', /^GOLANG_VERSION="\$\{GOLANG_VERSION:-[0-9.]+\}"/gm);
  }
  return ok(versions);
}
