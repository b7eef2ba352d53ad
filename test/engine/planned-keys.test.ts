import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { plannedKeys } from '../../orchestrator/engine/planned-keys.ts';
import { makeGraph } from '../../orchestrator/plan/graph.ts';
import type { NodeId } from '../../orchestrator/plan/node-base.ts';
import type { Inputs } from '../../orchestrator/task/task.ts';

interface Node {
  readonly id: NodeId;
  readonly kind: string;
  readonly needs: readonly NodeId[];
  readonly title: string;
  readonly projects: readonly string[];
  readonly value: string;
}

const inputs: Inputs<Node> = ({ needs, value }, trees) => ({
  value,
  needs: needs.map((id) => trees.get(id) ?? null),
});

/** A graph of nodes written `b(a)=value`. */
function graphOf(...texts: readonly string[]) {
  return makeGraph(
    texts.map((text): Node => {
      const [, id = '', needs = '', value = ''] = /^(\w+)\((.*)\)=(.*)$/.exec(text) ?? [];
      const ids = needs.split(' ').filter((each) => each !== '');
      return {
        id: id as NodeId,
        kind: 'k',
        needs: ids as unknown as NodeId[],
        title: id,
        projects: [],
        value,
      };
    }),
  );
}

const keyOf = (id: string, ...texts: readonly string[]) =>
  plannedKeys(graphOf(...texts), inputs).get(id as NodeId);

test('what a node and all that it needs is made of, and nothing else, is in its key', () => {
  const key = keyOf('c', 'a()=1', 'b(a)=2', 'c(b)=3');
  assert.is(keyOf('z', 'x()=1', 'y(x)=2', 'z(y)=3', 'other()=9'), key, 'not what they are called');
  assert.is.not(keyOf('c', 'a()=x', 'b(a)=2', 'c(b)=3'), key, 'what is needed far away');
  assert.is.not(keyOf('c', 'a()=1', 'b()=2', 'c(b)=3'), key, 'that it is needed');
  assert.is.not(keyOf('c', 'a()=1', 'b(a)=2', 'c(b)=x'), key, 'what it is itself');
});

test.run();
