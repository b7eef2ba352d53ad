import type { Graph } from '../plan/node.ts';
import type { NodeBase, NodeId } from '../plan/node-base.ts';

/**
 * The order in which nodes should start, as numbers from 0: the one with the longest way to the end of the graph first,
 * where a way is as long as the weights along it; ties in the graph's order.
 */
export function rankNodes<N extends NodeBase>(
  graph: Graph<N>,
  weightOf: (node: N) => number,
): ReadonlyMap<NodeId, number> {
  const remaining = new Map<NodeId, number>();
  // From the end: whoever needs a node has told it its own way by then.
  for (const node of inOrder(graph).reverse()) {
    const way = (remaining.get(node.id) ?? 0) + weightOf(node);
    remaining.set(node.id, way);
    for (const need of node.needs) remaining.set(need, Math.max(remaining.get(need) ?? 0, way));
  }
  const ids = [...graph.nodes.keys()];
  // Sorting is stable, so ties stay as they are in the graph.
  ids.sort((a, b) => (remaining.get(b) ?? 0) - (remaining.get(a) ?? 0));
  return new Map(ids.map((id, rank) => [id, rank]));
}

/** The nodes, each after its needs. @throws Error on a cycle: a bug of who made the graph. */
function inOrder<N extends NodeBase>(graph: Graph<N>): N[] {
  const missing = new Map<NodeId, number>();
  const dependants = dependantsOf(graph);
  const ordered: N[] = [];
  for (const node of graph.nodes.values()) {
    missing.set(node.id, new Set(node.needs).size);
    if (node.needs.length === 0) ordered.push(node);
  }
  for (const node of ordered) {
    for (const dependant of dependants.get(node.id) ?? []) {
      const left = (missing.get(dependant.id) ?? 0) - 1;
      missing.set(dependant.id, left);
      if (left === 0) ordered.push(dependant);
    }
  }
  if (ordered.length !== graph.nodes.size)
    throw new Error('the graph has a cycle or lacks a node that is needed');
  return ordered;
}

/** Who needs each node, in the graph's order. */
export function dependantsOf<N extends NodeBase>(graph: Graph<N>): ReadonlyMap<NodeId, readonly N[]> {
  const dependants = new Map<NodeId, N[]>();
  for (const node of graph.nodes.values()) {
    for (const need of new Set(node.needs)) {
      const list = dependants.get(need);
      if (list === undefined) dependants.set(need, [node]);
      else list.push(node);
    }
  }
  return dependants;
}
