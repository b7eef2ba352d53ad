import type { Lock } from '../config/lock/lock.ts';
import type { Workspace } from './workspace.ts';

/** A release's pins, and where things are when it is built. */
export interface LoadedRelease {
  readonly workspace: Workspace;
  readonly lock: Lock;
  /** The lock's file; the sample has none. Absolute. */
  readonly file: string | undefined;
}
