import type { Digest } from '../core/digest.ts';
import type { Graph } from '../plan/node.ts';
import type { NodeId } from '../plan/node-base.ts';
import type { Inputs } from '../task/task.ts';
import { type KindOfNode, keyOf } from './key.ts';

/**
 * What each node's result depends on, as far as a plan knows: as its key, with the same of its needs in the place of their trees. Two nodes
 * that have the same are one task, whatever graphs they are in; two that have not may still come to one key once they are run.
 */
export function plannedKeys<N extends KindOfNode>(
  graph: Graph<N>,
  inputsOf: Inputs<N>,
): ReadonlyMap<NodeId, Digest> {
  const planned = new Map<NodeId, Digest>();
  // Every node stands after its needs.
  for (const node of graph.nodes.values()) planned.set(node.id, keyOf(inputsOf, node, planned).key);
  return planned;
}
