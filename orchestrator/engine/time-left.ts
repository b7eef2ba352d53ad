import type { NodeId } from '../plan/node-base.ts';
import type { Demand } from '../task/task.ts';
import { type Heap, newHeap } from './heap.ts';
import type { Capacities } from './resources.ts';

/** A node that has not come to its end. */
export interface Due {
  readonly id: NodeId;
  readonly needs: readonly NodeId[];
  /** See `Resources.acquire`. */
  readonly rank: number;
  readonly demand: Demand;
  /** That it will still take. */
  readonly seconds: number;
  /** It has its share of the machine already. */
  readonly isRunning: boolean;
}

const names = ['network', 'processor', 'memory'] as const;

/** Of what is ready, those that ask for the same: where there is no room for one, there is none for the others. */
interface DueClass {
  readonly demand: Demand;
  readonly ready: Heap<Due>;
}

/**
 * Seconds until all that is due is done, where each starts once its needs are, in the order of rank, and as far as there is
 * room: what the scheduler will do (`resources.ts`), if all take as long as is thought. So the longest way counts, and how
 * many can go on side by side. In O(n log n): a run of ten thousand nodes looks at it every few seconds.
 */
export function timeLeft(due: readonly Due[], capacities: Capacities): number {
  const free = { ...capacities };
  const held = new Set<string>();
  const left = new Set(due.map(({ id }) => id));
  const missing = new Map<NodeId, number>();
  const dependants = new Map<NodeId, Due[]>();
  const classes = new Map<string, DueClass>();
  const running = newHeap<{ readonly of: Due; readonly rank: number }>();
  let now = 0;
  const share = (demand: Demand, name: (typeof names)[number]) =>
    Math.min(demand[name] ?? 0, capacities[name]);
  const hasRoom = (demand: Demand): boolean =>
    names.every((name) => share(demand, name) <= free[name]) &&
    !(demand.exclusive !== undefined && held.has(demand.exclusive));
  const start = (each: Due): void => {
    for (const name of names) free[name] -= share(each.demand, name);
    if (each.demand.exclusive !== undefined) held.add(each.demand.exclusive);
    running.push({ of: each, rank: now + each.seconds });
  };
  const line = (each: Due): void => {
    const { network, processor, memory, exclusive } = each.demand;
    const name = [network, processor, memory, exclusive].join(' ');
    const of = classes.get(name) ?? { demand: each.demand, ready: newHeap<Due>() };
    classes.set(name, of);
    of.ready.push(each);
  };
  const startReady = (): void => {
    const inTurn = newHeap<{ readonly rank: number; readonly of: DueClass }>();
    const next = (of: DueClass): void => {
      const first = of.ready.peek();
      if (first !== undefined && hasRoom(of.demand)) inTurn.push({ rank: first.rank, of });
    };
    for (const of of classes.values()) next(of);
    for (let turn = inTurn.pop(); turn !== undefined; turn = inTurn.pop()) {
      const first = hasRoom(turn.of.demand) ? turn.of.ready.pop() : undefined;
      if (first === undefined) continue;
      start(first);
      next(turn.of);
    }
  };
  const end = ({ id, demand }: Due): void => {
    for (const name of names) free[name] += share(demand, name);
    if (demand.exclusive !== undefined) held.delete(demand.exclusive);
    for (const dependant of dependants.get(id) ?? []) {
      const count = (missing.get(dependant.id) ?? 0) - 1;
      missing.set(dependant.id, count);
      if (count === 0) line(dependant);
    }
  };
  for (const each of due) {
    if (each.isRunning) {
      start(each);
      continue;
    }
    const needs = each.needs.filter((need) => left.has(need));
    missing.set(each.id, needs.length);
    if (needs.length === 0) line(each);
    for (const need of needs) {
      const known = dependants.get(need);
      if (known === undefined) dependants.set(need, [each]);
      else known.push(each);
    }
  }
  for (startReady(); ; startReady()) {
    const first = running.pop();
    if (first === undefined) return now;
    now = first.rank;
    end(first.of);
    while (running.peek()?.rank === now) {
      const other = running.pop();
      if (other !== undefined) end(other.of);
    }
  }
}
