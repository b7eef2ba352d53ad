import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { criticalPath, makeGraph } from '../../orchestrator/plan/graph.ts';
import { asNodeId, type NodeBase } from '../../orchestrator/plan/node-base.ts';

/** Reads `a -> b c` as: a needs b and c. */
function nodes(...lines: readonly string[]): readonly NodeBase[] {
  return lines.map((line) => {
    const [id = '', needs = ''] = line.split(' -> ');
    const ids = needs.split(' ').filter((need) => need !== '');
    return { id: asNodeId(id), needs: ids.map(asNodeId), title: id, projects: [] };
  });
}

test('every node stands after its needs, ties in the order of their names', () => {
  const graph = makeGraph(nodes('d -> b c', 'c -> a', 'b -> a', 'a', 'e'));
  assert.equal([...graph.nodes.keys()], ['a', 'b', 'c', 'd', 'e']);
});

test('what is no graph is refused, and shown', () => {
  assert.throws(() => makeGraph(nodes('a -> b', 'b -> c', 'c -> b')), /cycle: b -> c -> b/);
  assert.throws(() => makeGraph(nodes('a -> b')), /a needs b, which is not in the graph/);
  assert.throws(() => makeGraph(nodes('a', 'a')), /a stands twice/);
});

test('the critical path is the costliest way, not the longest in nodes', () => {
  const cost: Readonly<Record<string, number>> = { a: 1, b: 10, c: 1, d: 1, e: 1 };
  const path = criticalPath(
    makeGraph(nodes('a', 'b', 'c -> a', 'd -> c', 'e -> d b')),
    (node) => cost[node.id] ?? 0,
  );
  assert.equal(
    path.nodes.map((node) => node.id),
    ['b', 'e'],
  );
  assert.is(path.cost, 11);
  assert.equal(
    criticalPath(makeGraph([]), () => 1),
    { nodes: [], cost: 0 },
  );
});

test.run();
