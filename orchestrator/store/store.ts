import type { Digest } from '../core/digest.ts';
import type { Failure } from '../core/failure.ts';
import type { Result } from '../core/result.ts';
import type { CommandRecord } from '../tool/process/process.ts';

/** One entry of a tree. Paths are relative to the tree, `/`-separated, in code-unit order of the whole path. */
export type TreeEntry =
  | {
      readonly path: string;
      readonly type: 'file';
      readonly executable: boolean;
      /** Bytes. */
      readonly size: number;
      readonly sha256: Digest;
    }
  | { readonly path: string; readonly type: 'link'; readonly target: string };

/** What is kept under a key. */
export interface StoredResult {
  readonly key: Digest;
  readonly kind: string;
  /** The inputs whose digest the key is, as they were: for `plan`, which says what differs. */
  readonly inputs: unknown;
  /** The output tree. */
  readonly tree: Digest;
  /** What it took, wall clock. */
  readonly seconds: number;
  readonly commands: readonly CommandRecord[];
  /** What whoever reads the verdicts should know of how it was made, a sentence each. */
  readonly notes: readonly string[];
  /** What the task was called then: lets `plan` find the last result of the same name. */
  readonly title: string;
}

/** The content-addressed store. Safe for many processes at once, and against `kill -9` at any point. */
/** Something that could not be had elsewhere. */
export interface Lack {
  /** A module, as `path@version`. */
  readonly what: string;
  /** When it was asked for last: milliseconds since the epoch. */
  readonly asked: number;
}

export interface Store {
  /** The result under a key whose tree is whole, or undefined. */
  lookup(key: Digest): Promise<StoredResult | undefined>;
  /** Makes everything that the result names durable, then records it. */
  record(result: StoredResult): Promise<Result<void, Failure>>;
  /** What could not be had elsewhere when the result under a key was to be made last; a hint, which nothing vouches for. */
  lackOf(key: Digest): Promise<Lack | undefined>;
  /** Keeps that, or with undefined forgets it. Nothing happens where the store cannot be written. */
  setLack(key: Digest, what: string | undefined): Promise<void>;
  /**
   * Takes a folder over as a tree; the folder is gone afterwards. Permissions are reduced to the executable bit,
   * times are dropped. `derived` files are kept, and left out of the digest.
   */
  addTree(folder: string, derived?: (path: string) => boolean): Promise<Result<Digest, Failure>>;
  /** A tree's entries, without derived files. */
  entries(tree: Digest): Promise<Result<readonly TreeEntry[], Failure>>;
  /** The folder that holds the tree. Read-only by convention: files are shared between trees. */
  treePath(tree: Digest): string;
  /** A new empty folder on the store's file system, removed by `gc` where its process died. */
  temporaryFolder(): Promise<Result<string, Failure>>;
  /** Runs `body` while no other process holds the same name. Waits; a holder that died does not count. */
  withLock<T>(name: string, signal: AbortSignal, body: () => Promise<T>): Promise<T>;
}
