import type { GoFlavour } from '../config/lock/lock.ts';
import type { Failure } from '../core/failure.ts';
import { ok, type Result } from '../core/result.ts';
import { minorOf, type ReadVersion } from './go-version.ts';
import type { History } from './history.ts';
import { originInImage } from './image-origin.ts';
import { type Blobs, fileIn, readText, type Tree } from './upstream.ts';

/** A Go that the builder image had. */
export interface ImageGo extends ReadVersion {
  readonly flavour: GoFlavour;
  /** The number of EKS Distro's RPM, where it has one. */
  readonly release: string | undefined;
  /** Where it stands that it came from there. */
  readonly origin: string;
}

/** Which Go the builder image of upstream's CI had, by the history of the repository that makes it. */
export interface BuilderGo {
  /** The version of a Go release (`1.21`) at a moment in seconds since 1970; undefined where the image had none. */
  at(minor: string, time: number): ImageGo | undefined;
  /** All that it had of a Go release, in order; `go` is undefined from when it had none. */
  timeline(minor: string): readonly { readonly time: number; readonly go: ImageGo | undefined }[];
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
  const timeline = new Map<string, { readonly time: number; readonly go: ImageGo | undefined }[]>();
  let current: ReadonlyMap<string, ImageGo> = new Map();
  for (const place of placesOfChange(history)) {
    const tree: Tree = { repository, blobs, history, place };
    const found = await versionsIn(tree);
    if (!found.ok) return found;
    const { id = '', time = 0 } = history.commits[place] ?? {};
    const inFull = (text: string) => `${shortName(repository)} ${builderFolder}/${text}@${id}`;
    const next = new Map<string, ImageGo>();
    for (const [minor, go] of found.value) {
      const known = current.get(minor);
      const isSame =
        known?.version === go.version && known.release === go.release && known.flavour === go.flavour;
      next.set(minor, isSame ? known : { ...go, read: inFull(go.read), origin: inFull(go.origin) });
    }
    for (const minor of new Set([...current.keys(), ...next.keys()])) {
      const go = next.get(minor);
      if (go === current.get(minor)) continue;
      const entries = timeline.get(minor) ?? [];
      timeline.set(minor, entries);
      entries.push({ time, go });
    }
    current = next;
  }
  const of = (minor: string) => timeline.get(minor) ?? [];
  return ok({ at: (minor, time) => of(minor).findLast((entry) => entry.time <= time)?.go, timeline: of });
}

/** `aws/eks-distro-build-tooling` of its URL. */
export function shortName(repository: string): string {
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

const sources = ['versions.yaml', 'Dockerfile', 'install.sh', 'versions.sh', 'scripts/install_golang.sh'];

/** A version, with the number of its RPM: `1.21.10-11` in versions.yaml, `1.18.7 1` in the Dockerfile. */
const shape = /(?<![0-9.])(1\.[0-9]+(?:\.[0-9]+)?)(?:(?:-| )([0-9]+))?(?![0-9.]*[0-9])/g;

/** The versions that stand in a tree, by minor; `read` and `origin` are file and line. */
async function versionsIn(tree: Tree): Promise<Result<ReadonlyMap<string, ImageGo>, Failure>> {
  const texts = new Map<string, string>();
  for (const name of sources) {
    const file = fileIn(tree, `${builderFolder}/${name}`);
    if (file === undefined) continue;
    const text = await readText(tree, file);
    if (!text.ok) return text;
    texts.set(name, text.value);
  }
  const versions = new Map<string, ImageGo>();
  const collect = (name: string, pattern: RegExp): void => {
    const text = texts.get(name) ?? '';
    for (const match of text.matchAll(pattern)) {
      for (const [, version = '', release] of match[0].matchAll(shape)) {
        const read = `${name}:${text.slice(0, match.index).split('\n').length}`;
        const origin = originInImage(texts, version, { place: read, release });
        const { flavour } = origin;
        versions.set(minorOf(version), {
          version,
          read,
          flavour,
          release: origin.release,
          origin: origin.place,
        });
      }
    }
  };
  if (texts.has('versions.yaml')) {
    collect('versions.yaml', /^GOLANG_VERSION_1[0-9]+: *["']?1\.[0-9.]+(?:-[0-9]+)?/gm);
  } else if (texts.get('Dockerfile')?.includes('golang-1.19')) {
    collect('Dockerfile', /install_golang\.sh 1\.[0-9.]+(?: [0-9]+)?/g);
  } else {
    collect('install.sh', /^\s*(?:setupgo|build::go::install)\s+"\$\{GOLANG[0-9]+_VERSION:-[0-9.]+\}"/gm);
    collect('install.sh', /^\s*for version in .*:-1\.[0-9.]+.*; do$/gm);
    collect('install.sh', /^GOLANG_VERSION="\$\{GOLANG_VERSION:-[0-9.]+\}"/gm);
    collect('versions.sh', /^GOLANG_VERSION="\$\{GOLANG_VERSION:-[0-9.]+\}"/gm);
  }
  return ok(versions);
}
