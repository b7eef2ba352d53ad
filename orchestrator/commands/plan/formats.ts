import type { NodeState } from '../../engine/state.ts';
import type { NodeId } from '../../plan/node-base.ts';
import type { Plan } from '../../plan/plan.ts';

/** Raised when a member changes its meaning or goes away, not when one is added. */
const planSchema = 1;

/** The plan as data: nodes in order with what they need and their state, and the projects that have none. */
export function planAsJson(release: string, plan: Plan, states: ReadonlyMap<NodeId, NodeState>): object {
  return {
    schema: planSchema,
    release,
    nodes: [...plan.graph.nodes.values()].map((node) => ({ ...node, state: states.get(node.id) })),
    projects: plan.projects.map(({ project, state }) => ({
      project,
      state:
        state.kind === 'planned'
          ? { kind: state.kind, builds: state.builds.map((build) => build.id) }
          : state,
    })),
  };
}

/** The plan for Graphviz; what is cached is grey. */
export function planAsDot(release: string, plan: Plan, states: ReadonlyMap<NodeId, NodeState>): string {
  const lines = [`digraph ${quoted(release)} {`, '  rankdir = LR;', '  node [shape = box];'];
  for (const node of plan.graph.nodes.values()) {
    const colour = states.get(node.id)?.status === 'cached' ? ' [color = gray, fontcolor = gray]' : '';
    lines.push(`  ${quoted(node.id)}${colour};`);
    for (const need of node.needs) lines.push(`  ${quoted(need)} -> ${quoted(node.id)};`);
  }
  return `${[...lines, '}'].join('\n')}\n`;
}

function quoted(text: string): string {
  return `"${text.replaceAll('\\', '\\\\').replaceAll('"', '\\"')}"`;
}
