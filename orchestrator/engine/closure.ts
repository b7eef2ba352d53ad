import type { Graph } from '../plan/node.ts';
import type { NodeBase, NodeId } from '../plan/node-base.ts';

/** Nodes with all that they need, which stands before them: the same order for the same nodes, however large the graph is. */
export function closureOf<N extends NodeBase>(
  { nodes }: Graph<N>,
  wanted: readonly NodeId[],
): ReadonlySet<NodeId> {
  const found = new Set<NodeId>();
  const add = (id: NodeId): void => {
    if (found.has(id)) return;
    nodes.get(id)?.needs.forEach(add);
    found.add(id);
  };
  wanted.forEach(add);
  return found;
}
