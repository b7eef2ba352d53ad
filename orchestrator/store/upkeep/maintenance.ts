import type { Digest } from '../../core/digest.ts';
import type { Failure } from '../../core/failure.ts';
import type { Result } from '../../core/result.ts';
import type { Damage, Depth } from '../inspect-tree.ts';
import type { StoredResult } from '../store.ts';

/** What an open store can do besides what tasks need. */
export interface StoreMaintenance {
  /** The store's folder, absolute. */
  readonly root: string;
  /** Whether there is one: who only looks makes none. */
  readonly isThere: boolean;
  /** The last result that was recorded for this kind and title, whether its tree is still there or not. */
  lastResult(kind: string, title: string): Promise<StoredResult | undefined>;
  /** Removes a folder that came from `temporaryFolder`, also where its folders cannot be written. */
  removeTemporary(folder: string): Promise<void>;
  /**
   * Looks at a tree again. What is wrong with it: then it is gone, and its results are misses. Empty where it is whole.
   * Errors: `store-damaged` where it cannot go.
   */
  recheck(tree: Digest, depth: Depth): Promise<Result<readonly Damage[], Failure>>;
  /** @param keepDays counts as `unused` what was not used for so many days; without it nothing is. */
  size(keepDays?: number): Promise<Result<StoreSize, Failure>>;
  /** Makes room. Nothing goes that a running process used or made since the oldest of them opened the store. */
  gc(policy: GcPolicy): Promise<Result<GcReport, Failure>>;
  /** Hashes everything again, and drops what is damaged with what needs it, so that the next run makes it again. */
  check(): Promise<Result<CheckReport, Failure>>;
  /** Removes this process's lease. Whoever opened the store calls it at the end; after `kill -9` others do. */
  close(): Promise<void>;
}

/** Bytes of file contents, each file counted once however many names it has. */
export interface StoreSize {
  /** Files that trees share, or could. */
  readonly blobs: number;
  /** What only one tree has: derived files, manifests, and files that the pool has no room for. */
  readonly trees: number;
  readonly results: number;
  /** Files in the making, and what was left behind by processes that were killed. */
  readonly temporary: number;
  /** Bare clones. */
  readonly git: number;
  /** Go's build cache. */
  readonly goBuild: number;
  /** Published files that were fetched, the sample's repositories, what was found out about files, what was decoded. */
  readonly others: number;
  readonly total: number;
  /** What of each was not used for some days, and would give back its room. */
  readonly unused: Readonly<Record<'blobs' | 'trees' | 'results' | 'goBuild', number>>;
}

/**
 * What to drop, the longest unused first: results with their trees, what Go compiled, copies of what others published. Besides,
 * whatever no result names goes, and what killed processes left behind.
 */
export type GcPolicy =
  /** What was not used for so many days. Clones stay: who has them may be gone. */
  | { readonly keepDays: number }
  /** As much as it takes to get all that is in the cache down to so many bytes. Clones go last, and where no other process is. */
  | { readonly maxBytes: number };

/** What is told apart of what went: results with trees and blobs, and each of the others. */
export type Part = 'store' | 'goBuild' | 'git' | 'others';

export interface GcReport {
  /** How many went. */
  readonly results: number;
  readonly trees: number;
  readonly blobs: number;
  readonly temporary: number;
  readonly goBuild: number;
  readonly clones: number;
  /** Published files that were fetched, and what was taken out of archives. */
  readonly published: number;
  /** Locks and recipes as they were decoded. */
  readonly decoded: number;
  /** Bytes. */
  readonly freed: Readonly<Record<Part, number>>;
  readonly kept: Readonly<Record<Part, number>>;
}

export interface CheckReport {
  /** How many were looked at. */
  readonly blobs: number;
  readonly trees: number;
  readonly results: number;
  readonly dropped: readonly Dropped[];
}

export interface Dropped {
  readonly what: 'blob' | 'tree' | 'result' | 'file';
  /** Its digest or key, or its file name where that is none. */
  readonly name: string;
  readonly why: string;
}
