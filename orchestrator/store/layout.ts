import { join } from 'node:path';
import { type Digest, digestOfJson, isDigest } from '../core/digest.ts';

/** Where everything of a store stands. `ab` below is the first two characters of a digest. */
export interface Layout {
  readonly root: string;
  /** A text file: see `storeVersion`. */
  readonly version: string;
  /** The pool by which trees share files: `ab/<sha256>`, or `ab/<sha256>.x` for an executable one. */
  readonly blobs: string;
  /** `ab/<digest>/`: see `TreePlace`. */
  readonly trees: string;
  /** `ab/<key>.json` */
  readonly results: string;
  /** `ab/<digest of kind and title>`: the key of the last result that was called so. */
  readonly titles: string;
  /** `ab/<key>`: what could not be had when the key's result was to be made. */
  readonly lacks: string;
  /** `<digest of the name>`: who holds it. */
  readonly locks: string;
  /** `<pid>-<random>`: one for each process that has the store open. */
  readonly leases: string;
  /** `<lease>.<random>`: files and folders in the making. */
  readonly temporary: string;
  /** Bare clones: written by the git tool, only measured here. */
  readonly git: string;
  /** Go's build cache: written by the go command. */
  readonly goBuild: string;
  /** What looks inside programs: published files that were fetched, and what is taken out of archives. */
  readonly inspect: string;
  /** What texts of the workspace were decoded to (`workspace/decoded.ts`): `<digest>.json`. */
  readonly decoded: string;
}

/** The text of `version`. Counts up whenever another version of this program could misread what is here. */
export const storeVersion = 'eksd-rebuild store 1';

export function layoutOf(root: string): Layout {
  const at = (name: string) => join(root, name);
  return {
    root,
    version: at('version'),
    blobs: at('blobs'),
    trees: at('trees'),
    results: at('results'),
    titles: at('titles'),
    lacks: at('lacks'),
    locks: at('locks'),
    leases: at('leases'),
    temporary: at('tmp'),
    git: at('git'),
    goBuild: at('go-build'),
    inspect: at('inspect'),
    decoded: at('decoded'),
  };
}

/** The folders that the store itself makes. */
export function ownFolders(layout: Layout): readonly string[] {
  const { blobs, trees, results, titles, lacks, locks, leases, temporary } = layout;
  return [blobs, trees, results, titles, lacks, locks, leases, temporary];
}

/** The folder of a digest below one of the layout's. */
export function shardOf(folder: string, digest: Digest): string {
  return join(folder, digest.slice(0, 2));
}

/** Mode bits belong to the inode, so an executable file and a plain one of the same bytes are two blobs. */
export function blobPath(layout: Layout, sha256: Digest, executable: boolean): string {
  return join(shardOf(layout.blobs, sha256), executable ? `${sha256}.x` : sha256);
}

/** What a blob's file name says, or undefined where it is none. */
export function blobOfName(
  name: string,
): { readonly sha256: Digest; readonly executable: boolean } | undefined {
  const executable = name.endsWith('.x');
  const sha256 = executable ? name.slice(0, -2) : name;
  return isDigest(sha256) ? { sha256, executable } : undefined;
}

/** A tree's folder and what is in it. It comes into its place, and goes, by one rename. */
export interface TreePlace {
  readonly folder: string;
  /** The tree itself. */
  readonly content: string;
  /** Canonical JSON of its entries: the SHA-256 of this file's bytes is the tree's digest. */
  readonly manifest: string;
  /** The same of its derived files, where there are any; no part of the digest. */
  readonly derived: string;
  /** Empty; there once the tree was made durable. */
  readonly durable: string;
}

export function treePlace(folder: string): TreePlace {
  return {
    folder,
    content: join(folder, 'content'),
    manifest: join(folder, 'manifest.json'),
    derived: join(folder, 'derived.json'),
    durable: join(folder, 'durable'),
  };
}

export function treePlaceOf(layout: Layout, tree: Digest): TreePlace {
  return treePlace(join(shardOf(layout.trees, tree), tree));
}

export function resultPath(layout: Layout, key: Digest): string {
  return join(shardOf(layout.results, key), `${key}.json`);
}

export function titlePath(layout: Layout, kind: string, title: string): string {
  const digest = digestOfJson([kind, title]);
  return join(shardOf(layout.titles, digest), digest);
}

export function lackPath(layout: Layout, key: Digest): string {
  return join(shardOf(layout.lacks, key), key);
}
