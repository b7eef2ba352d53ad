import type { Digest } from '../../core/digest.ts';
import type { Failure } from '../../core/failure.ts';
import type { Result } from '../../core/result.ts';

/**
 * Names a tree whole: its digest, and where it has what that leaves out (derived files, empty folders), a dot and the digest of
 * those. Who has the reference needs to trust nobody for the bytes.
 */
export type TreeReference = string;

/** What a shared store did since it was opened. */
export interface SharedSummary {
  /** `s3://bucket/prefix`, `/mnt/shared` */
  readonly place: string;
  readonly fetched: Moved;
  readonly stored: Moved;
  /** What was not as it should be, or could not be done, once each: whole sentences. */
  readonly complaints: readonly string[];
}

/** Bytes as they travel, compressed. */
export interface Moved {
  readonly results: number;
  readonly bytes: number;
}

/** What a shared store can do besides what every store can. */
export interface Sharing {
  /** Brings a tree of the local store to the shared one, if it is not there. */
  share(tree: Digest): Promise<Result<TreeReference, Failure>>;
  /** Brings a tree into the local store, if it is not there: every byte hashed. Errors: `store-damaged` where it is missing or has others. */
  fetch(reference: TreeReference): Promise<Result<Digest, Failure>>;
  /** Waits for all uploads. Until then results may be on this machine alone. */
  settle(): Promise<SharedSummary>;
}
