declare const nodeIdBrand: unique symbol;

/** A node's name within one graph, readable: `go-build etcd-io/etcd server linux/arm64`. */
export type NodeId = string & { readonly [nodeIdBrand]: true };

export function asNodeId(text: string): NodeId {
  return text as NodeId;
}

/** What the scheduler needs of a node, whatever its kind. */
export interface NodeBase {
  readonly id: NodeId;
  readonly needs: readonly NodeId[];
  /** For people: `go 1.21.10`. */
  readonly title: string;
  /** The projects that it serves, in code-unit order. */
  readonly projects: readonly string[];
}
