import type { Json } from '../core/canonical-json.ts';
import type { Digest } from '../core/digest.ts';
import type { Bytes } from '../core/event.ts';
import type { Failure } from '../core/failure.ts';
import type { Result } from '../core/result.ts';
import type { NodeBase, NodeId } from '../plan/node-base.ts';
import type { RunProcess } from '../tool/process/process.ts';

/** Everything that a task's result depends on, as JSON; its digest, with the kind, is the key. */
export type KeyInputs = { readonly [name: string]: Json };

/** What a node's key is made of. Pure. `needs` maps each needed node to the digest of its output tree. */
export type Inputs<N extends NodeBase> = (node: N, needs: ReadonlyMap<NodeId, Digest>) => KeyInputs;

/** What is done for a node. Reads its needs' trees, writes its output below `context.output`. */
export type Deed<N extends NodeBase> = (node: N, context: TaskContext) => Promise<Result<Outputs, Failure>>;

/** What a node takes of the machine while it runs; what is not named is none. */
export interface Demand {
  /** Fetches at a time. */
  readonly network?: number;
  /** Processors. */
  readonly processor?: number;
  /** Bytes. */
  readonly memory?: number;
  /** Of the nodes with the same word here, one runs at a time. */
  readonly exclusive?: string;
}

export interface TaskContext {
  /** The folder of a need's output tree. Read-only: whoever writes there breaks the store. */
  tree(id: NodeId): string;
  /** Where the output goes: an empty folder on the store's file system, whose whole content becomes the output tree. */
  readonly output: string;
  /** An empty folder for anything else, removed afterwards. */
  readonly scratch: string;
  /**
   * What could not be had elsewhere the last time that this was tried (a module, as `path@version`): the world may have it now, and
   * nothing else can have changed. A hint, which nothing vouches for.
   */
  readonly lacked?: string | undefined;
  /** Runs a process and keeps a record of it. */
  readonly run: RunProcess;
  /**
   * A few words on what is being done now, for the live view. @param bytes how far it has come, where that can be counted: with the
   * same words as often as one likes.
   */
  progress(text: string, bytes?: Bytes): void;
  readonly signal: AbortSignal;
}

/** What a task gives besides the tree in `context.output`. */
export interface Outputs {
  /** Files of the tree that its digest leaves out because other files of it fix them (a git folder's packs). */
  readonly derived?: (path: string) => boolean;
  /** What whoever reads the verdicts should know of how it was made, a sentence each. */
  readonly notes?: readonly string[];
  /** What could not be had elsewhere, and what was made does without: it is asked for again another day. See `TaskContext.lacked`. */
  readonly lacked?: string;
}
