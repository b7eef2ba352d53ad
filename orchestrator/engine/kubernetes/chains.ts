import type { Graph } from '../../plan/node.ts';
import type { NodeBase, NodeId } from '../../plan/node-base.ts';
import { closureOf } from '../closure.ts';

/** What is done in one pod, one after the other. */
export interface Chain {
  /** For people: a project, or what the only node is called. */
  readonly name: string;
  /** In the graph's order. */
  readonly wanted: readonly NodeId[];
}

/**
 * The chains of a graph, by each of their nodes. What serves one project alone goes into one pod: source, modules and builds of all
 * platforms, which would else be carried from pod to pod, hundreds of megabytes at a time, and share a build cache. What serves several
 * projects (a toolchain) is a chain by itself. What is done on this machine is in none, and parts what comes before it from what comes
 * after. Pure.
 * @param partOf parts a project's chain further: a word for each node.
 */
export function chainsOf<N extends NodeBase>(
  graph: Graph<N>,
  isHere: (node: N) => boolean,
  partOf: (node: N) => string = () => '',
): ReadonlyMap<NodeId, Chain> {
  const levels = levelsOf(graph, isHere);
  const groups = new Map<string, N[]>();
  for (const node of graph.nodes.values()) {
    if (isHere(node)) continue;
    const [project, ...others] = node.projects;
    const isAlone = project === undefined || others.length > 0;
    const name = isAlone ? node.id : [project, levels.get(node.id), partOf(node)].join(' ');
    groups.set(name, [...(groups.get(name) ?? []), node]);
  }
  const chains = new Map<NodeId, Chain>();
  for (const nodes of groups.values()) {
    const wanted = nodes.map(({ id }) => id);
    const [first] = nodes;
    const name = nodes.length > 1 ? (first?.projects[0] ?? '') : (first?.title ?? '');
    const chain = { name, wanted };
    for (const id of wanted) chains.set(id, chain);
  }
  return chains;
}

/** How often the way to a node, the longest so, goes from here to there or back. */
function levelsOf<N extends NodeBase>(
  { nodes }: Graph<N>,
  isHere: (node: N) => boolean,
): ReadonlyMap<NodeId, number> {
  const levels = new Map<NodeId, number>();
  const levelOf = (node: N): number => {
    const known = levels.get(node.id);
    if (known !== undefined) return known;
    let level = 0;
    for (const id of node.needs) {
      const need = nodes.get(id);
      if (need === undefined) continue;
      level = Math.max(level, levelOf(need) + (isHere(need) === isHere(node) ? 0 : 1));
    }
    levels.set(node.id, level);
    return level;
  };
  for (const node of nodes.values()) levelOf(node);
  return levels;
}

/** What a chain needs of others, near or far, that does not itself need any of it: it begins when they have ended. */
export function awaitedBy<N extends NodeBase>(
  graph: Graph<N>,
  { wanted }: Pick<Chain, 'wanted'>,
): readonly NodeId[] {
  const own = new Map(wanted.map((id) => [id, true]));
  const isOfChain = (id: NodeId): boolean => {
    const known = own.get(id);
    if (known !== undefined) return known;
    const needs = graph.nodes.get(id)?.needs ?? [];
    const found = needs.some(isOfChain);
    own.set(id, found);
    return found;
  };
  return [...closureOf(graph, wanted)].filter((id) => !isOfChain(id));
}
