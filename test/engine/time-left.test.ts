import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { type Due, timeLeft } from '../../orchestrator/engine/time-left.ts';
import { asNodeId } from '../../orchestrator/plan/node-base.ts';
import type { Demand } from '../../orchestrator/task/task.ts';
import { words } from './nodes.ts';

/** `A:3; B:5 <- A; C:2!` are A, which takes 3 s, B, which needs it, and C, which runs already. */
function due(text: string, demandOf: (id: string) => Demand = () => ({ processor: 1 })): readonly Due[] {
  return text.split(';').map((part, rank) => {
    const [name = '', needs = ''] = part.split('<-');
    const [, id = '', seconds = '', mark] = /^\s*(\w+):([0-9]+)(!?)/.exec(name) ?? [];
    return {
      ...{ id: asNodeId(id), needs: words(needs).map(asNodeId), rank, demand: demandOf(id) },
      ...{ seconds: Number(seconds), isRunning: mark === '!' },
    };
  });
}

const capacities = { network: 1, processor: 2, memory: 4 };

test('the longest way counts where there is room for all, the sum where there is none', () => {
  assert.is(timeLeft(due('A:3; B:5 <- A; C:4 <- A'), capacities), 8);
  assert.is(timeLeft(due('A:3; B:5 <- A; C:4 <- A'), { ...capacities, processor: 1 }), 12);
  assert.is(timeLeft([], capacities), 0);
});

test('each resource has its own room, and what excludes one another runs one by one', () => {
  const fetches: (id: string) => Demand = (id) => (id < 'C' ? { network: 1 } : { processor: 1 });
  assert.is(timeLeft(due('A:3; B:3; C:4; D:4', fetches), capacities), 6);
  const excludes = () => ({ processor: 1, exclusive: 'go1.21 linux/amd64' });
  assert.is(timeLeft(due('A:3; B:3; C:4', excludes), capacities), 10);
  assert.is(
    timeLeft(
      due('A:3; B:3', () => ({ memory: 100 })),
      capacities,
    ),
    6,
    'alone, rather than never',
  );
});

test('what runs has its place, whatever its rank and however much is taken', () => {
  assert.is(timeLeft(due('A:9; B:2!; C:2!'), capacities), 11);
  assert.is(timeLeft(due('A:9; B:2!; C:2!; D:2!'), capacities), 11);
  assert.is(timeLeft(due('A:9 <- gone; B:2!'), capacities), 9, 'a need that is done is no need');
});

test.run();
