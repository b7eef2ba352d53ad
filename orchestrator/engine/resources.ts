import type { Demand } from '../task/task.ts';
import { type Heap, newHeap } from './heap.ts';

/** How much there is of each. */
export type Capacities = Required<Omit<Demand, 'exclusive'>>;

export interface Resources {
  /**
   * Waits until the demand can be met, and gives what must be called to give it back; undefined where the signal fired
   * before. Of those who wait the lowest rank is served first; where there is not enough for it, what there is is kept for it
   * and only the rest goes to those behind it. A demand beyond a capacity is met by all of it: alone, rather than never.
   * Nothing is kept for who waits for the end of an exclusive other.
   */
  acquire(demand: Demand, rank: number, signal: AbortSignal): Promise<(() => void) | undefined>;
}

interface Waiter {
  readonly rank: number;
  readonly signal: AbortSignal;
  readonly serve: (release: (() => void) | undefined) => void;
  gone: boolean;
}

/** Those who wait for the same: there are few such classes, and many in each. */
interface WaitingClass {
  readonly demand: Capacities;
  readonly exclusive: string | undefined;
  readonly waiters: Heap<Waiter>;
}

const names = ['network', 'processor', 'memory'] as const;

export function newResources(capacities: Capacities): Resources {
  const free = { ...capacities };
  const classes = new Map<string, WaitingClass>();
  const held = new Set<string>();
  /** One listener a signal: thousands may wait, and a listener is found again only by going through all. */
  const watched = new WeakMap<AbortSignal, Set<Waiter>>();
  let isDue = false;

  const waitersOf = (signal: AbortSignal): Set<Waiter> => {
    const known = watched.get(signal);
    if (known !== undefined) return known;
    const waiters = new Set<Waiter>();
    watched.set(signal, waiters);
    const sendAway = (): void => {
      for (const waiter of waiters) {
        waiter.gone = true;
        waiter.serve(undefined);
      }
      waiters.clear();
    };
    signal.addEventListener('abort', sendAway, { once: true });
    return waiters;
  };

  /** All who come in the same turn of the event loop are looked at together, so that rank counts and not chance. */
  const serveSoon = (): void => {
    if (isDue) return;
    isDue = true;
    setImmediate(() => {
      isDue = false;
      serve();
    });
  };
  const serve = (): void => {
    const spare = { ...free };
    const inTurn = newHeap<{ readonly rank: number; readonly of: WaitingClass }>();
    const line = (of: WaitingClass): void => {
      while (of.waiters.peek()?.gone) of.waiters.pop();
      const first = of.waiters.peek();
      if (first !== undefined) inTurn.push({ rank: first.rank, of });
    };
    for (const of of classes.values()) line(of);
    for (let turn = inTurn.pop(); turn !== undefined; turn = inTurn.pop()) {
      const { demand, waiters, exclusive } = turn.of;
      if (exclusive !== undefined && held.has(exclusive)) continue;
      const isServed = names.every((name) => demand[name] === 0 || demand[name] <= spare[name]);
      for (const name of names) spare[name] -= demand[name];
      if (!isServed) continue;
      for (const name of names) free[name] -= demand[name];
      if (exclusive !== undefined) held.add(exclusive);
      let isGiven = true;
      const release = (): void => {
        if (!isGiven) return;
        isGiven = false;
        for (const name of names) free[name] += demand[name];
        if (exclusive !== undefined) held.delete(exclusive);
        serveSoon();
      };
      const waiter = waiters.pop();
      if (waiter !== undefined) waitersOf(waiter.signal).delete(waiter);
      waiter?.serve(release);
      line(turn.of);
    }
  };
  return {
    acquire(wanted, rank, signal) {
      if (signal.aborted) return Promise.resolve(undefined);
      const demand = {
        network: Math.min(wanted.network ?? 0, capacities.network),
        processor: Math.min(wanted.processor ?? 0, capacities.processor),
        memory: Math.min(wanted.memory ?? 0, capacities.memory),
      };
      const { exclusive } = wanted;
      const name = [...names.map((resource) => demand[resource]), exclusive ?? ''].join(' ');
      const of = classes.get(name) ?? { demand, exclusive, waiters: newHeap<Waiter>() };
      classes.set(name, of);
      return new Promise((resolve) => {
        const waiter: Waiter = { rank, signal, serve: resolve, gone: false };
        of.waiters.push(waiter);
        waitersOf(signal).add(waiter);
        serveSoon();
      });
    },
  };
}
