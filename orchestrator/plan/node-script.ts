import type { Platform } from '../core/platform.ts';
import type { NodeBase, NodeId } from './node-base.ts';
import type { GoBuildNode } from './node-go.ts';

/**
 * Commands of a project's own, run in order in a copy of its checkout, with nothing on their PATH but the pinned Go and the
 * tools. Output: what is declared, in its places. Texts may hold placeholders that `task/source/facts.ts` resolves, and
 * `{checkout}`.
 */
export interface ScriptBuildNode extends NodeBase {
  readonly kind: 'script-build';
  readonly toolchain: NodeId;
  readonly source: NodeId;
  /** Each an argv; a first word with a slash is a file of the checkout, another one `go` or a tool. */
  readonly commands: readonly (readonly string[])[];
  /** By name in code-unit order. */
  readonly tools: readonly ScriptTool[];
  /** Beside what every script gets. */
  readonly environment: Readonly<Record<string, string>>;
  /** Variables that say the version; `file` names the variable that names the file which has them. */
  readonly stamp?: { readonly file?: string; readonly values: Readonly<Record<string, string>> };
  /** Where the commands see the checkout, where that is in what they make. */
  readonly at?: string;
  readonly outputs: readonly ScriptOutput[];
  /** Bytes that linking takes, where it is more than of most programs. */
  readonly memory?: number;
  /** About how long it takes, where its recipe says so. */
  readonly seconds?: number;
  /** For a note where the checkout names another Go. No part of the key. */
  readonly go?: Pick<GoBuildNode, 'goFile' | 'goVersion'>;
}

/** A program of the machine. */
export interface ScriptTool {
  readonly name: string;
  /** What it says of itself, or the SHA-256 of a file that says nothing; absent where it was not looked for, or is not there. */
  readonly version?: string;
}

/** What is taken of the checkout: a path, or a glob, and its place in the output (of a glob a folder, or `.`). */
export interface ScriptOutput {
  readonly from: string;
  readonly to: string;
}

/** A script-build of a project's programs for a platform, which lie at the top of its output. */
export interface ScriptedPrograms extends ScriptBuildNode {
  readonly platform: Platform;
  /** The go command that makes the same, under this node's name: it says which packages are linked. No part of the key. */
  readonly compiles: GoBuildNode;
}

/** What makes a project's programs for a platform. */
export type ProgramNode = GoBuildNode | ScriptedPrograms;

/** The go command that a build is, or comes to. */
export function goBuildOf(build: ProgramNode): GoBuildNode {
  return build.kind === 'go-build' ? build : build.compiles;
}
