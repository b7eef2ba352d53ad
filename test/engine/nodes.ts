import type { Graph } from '../../orchestrator/plan/node.ts';
import { asNodeId, type NodeBase, type NodeId } from '../../orchestrator/plan/node-base.ts';

export interface TestNode extends NodeBase {
  readonly kind: 'test';
}

/** A graph from a text: `A B; C <- A B` are A and B, and C that needs both. */
export function graphOf(text: string): Graph<TestNode> {
  const nodes = new Map<NodeId, TestNode>();
  for (const part of text.split(';')) {
    const [names = '', needs = ''] = part.split('<-');
    for (const name of words(names)) nodes.set(asNodeId(name), nodeOf(name, words(needs)));
  }
  return { nodes };
}

function nodeOf(name: string, needs: readonly string[] = []): TestNode {
  return {
    id: asNodeId(name),
    kind: 'test',
    needs: needs.map(asNodeId),
    title: `title of ${name}`,
    projects: [],
  };
}

export function words(text: string): readonly string[] {
  return text.split(' ').filter((word) => word !== '');
}
