import { byCodeUnit } from '../core/canonical-json.ts';
import type { Graph } from './node.ts';
import type { NodeBase, NodeId } from './node-base.ts';

/**
 * Makes a graph of nodes, in an order in which every node stands after its needs; ties in code-unit order of ids.
 * @throws Error on an id that stands twice, a need that is no node, or a cycle (which it shows): a bug of the planner.
 */
export function makeGraph<N extends NodeBase>(nodes: readonly N[]): Graph<N> {
  const byId = new Map<NodeId, N>();
  for (const node of nodes) {
    if (byId.has(node.id)) throw new Error(`node ${node.id} stands twice in the graph`);
    byId.set(node.id, node);
  }
  const ordered = new Map<NodeId, N>();
  const path: NodeId[] = [];
  const visit = (id: NodeId, neededBy: string): void => {
    if (ordered.has(id)) return;
    const node = byId.get(id);
    if (node === undefined) throw new Error(`${neededBy} needs ${id}, which is not in the graph`);
    if (path.includes(id)) throw new Error(`cycle: ${[...path.slice(path.indexOf(id)), id].join(' -> ')}`);
    path.push(id);
    for (const need of [...node.needs].sort(byCodeUnit)) visit(need, id);
    path.pop();
    ordered.set(id, node);
  };
  for (const id of [...byId.keys()].sort(byCodeUnit)) visit(id, 'the plan');
  return { nodes: ordered };
}

/** The longest way through a graph by a cost a node, as the nodes along it in order, and its whole cost. */
export function criticalPath<N extends NodeBase>(
  graph: Graph<N>,
  cost: (node: N) => number,
): { readonly nodes: readonly N[]; readonly cost: number } {
  const longest = new Map<NodeId, { readonly cost: number; readonly through: NodeId | undefined }>();
  let end: NodeId | undefined;
  for (const node of graph.nodes.values()) {
    let through: NodeId | undefined;
    for (const need of node.needs) {
      if ((longest.get(need)?.cost ?? 0) > (through === undefined ? -1 : (longest.get(through)?.cost ?? 0)))
        through = need;
    }
    const total = cost(node) + (through === undefined ? 0 : (longest.get(through)?.cost ?? 0));
    longest.set(node.id, { cost: total, through });
    if (end === undefined || total > (longest.get(end)?.cost ?? 0)) end = node.id;
  }
  const along: N[] = [];
  for (let id = end; id !== undefined; id = longest.get(id)?.through) {
    const node = graph.nodes.get(id);
    if (node !== undefined) along.unshift(node);
  }
  return { nodes: along, cost: end === undefined ? 0 : (longest.get(end)?.cost ?? 0) };
}
