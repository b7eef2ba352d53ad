import type { ArchiveNode, ImageTarNode, SourceArchiveNode } from './archive/node-archive.ts';
import type { NodeBase, NodeId } from './node-base.ts';
import type { CBuildNode } from './node-c.ts';
import type { CheckoutNode, GoBuildNode, ModulesNode, SourceNode, ToolchainNode } from './node-go.ts';
import type {
  BaseImageNode,
  BaseRootNode,
  ImageIndexNode,
  ImageNode,
  LicensesNode,
  RpmsNode,
} from './node-image.ts';
import type { ScriptBuildNode } from './node-script.ts';

/** A task to do, as data. Each kind's deed is in `task/<kind>.ts`. */
export type BuildNode =
  | ToolchainNode
  | SourceNode
  | ModulesNode
  | GoBuildNode
  | CBuildNode
  | ScriptBuildNode
  | BaseImageNode
  | LicensesNode
  | ImageNode
  | ImageIndexNode
  | RpmsNode
  | BaseRootNode
  | CheckoutNode
  | ArchiveNode
  | SourceArchiveNode
  | ImageTarNode;

/** A graph: every need names a node of it, and there is no cycle (`plan/graph.ts` checks). In a stable order. */
export interface Graph<N extends NodeBase = BuildNode> {
  readonly nodes: ReadonlyMap<NodeId, N>;
}
