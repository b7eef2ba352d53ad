import type { Platform } from '../core/platform.ts';
import type { NodeBase, NodeId } from './node-base.ts';

/** A program in C of one source file, compiled in a stage of BuildKit. Output: the program, by its name, at the top. */
export interface CBuildNode extends NodeBase {
  readonly kind: 'c-build';
  readonly source: NodeId;
  /** Below the checkout. */
  readonly file: string;
  readonly program: string;
  /** Those of gcc, in order, placeholders filled. */
  readonly flags: readonly string[];
  /** The one that it is compiled for. */
  readonly platform: Platform;
  /** An image with gcc and the static C library of `platform`: a node whose output is an image tree for `on`. */
  readonly compiler: NodeId;
  /** What gcc is called there. */
  readonly gcc: string;
  /** The platform that gcc runs on. */
  readonly on: Platform;
}
