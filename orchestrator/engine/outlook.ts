import type { NodeEnd, RunProgress, Transfer } from '../core/event.ts';
import type { Graph } from '../plan/node.ts';
import type { NodeId } from '../plan/node-base.ts';
import type { Demand } from '../task/task.ts';
import type { EngineStore } from './execute.ts';
import type { KindOfNode } from './key.ts';
import type { Capacities } from './resources.ts';
import { timeLeft } from './time-left.ts';

/** Knows how far a run is, and about how long it will still take. */
export interface Outlook<N extends KindOfNode> {
  /** The store has it: what is left is a look at it. */
  found(node: N): void;
  started(node: N): void;
  settled(node: N, end: NodeEnd): void;
  /** @param transfer what a node's bytes say of it. */
  look(transferOf: (id: NodeId) => Transfer | undefined): RunProgress;
}

export interface OutlookOptions<N extends KindOfNode> {
  readonly graph: Graph<N>;
  readonly ranks: ReadonlyMap<NodeId, number>;
  readonly limits: Capacities;
  readonly demandOf: (node: N) => Demand;
  /** Seconds that a node takes as a rule. */
  readonly usualSeconds: (node: N) => number;
  readonly store: Pick<EngineStore, 'lastResult'>;
  /** Milliseconds, of a clock that only goes forward. */
  readonly clock: () => number;
}

/** No release has so many nodes; to ask the store for the last result of each would take seconds. */
const mostRemembered = 2000;

/** A task that has taken longer than was thought takes so much longer still, as a part of what it took. Measured on recorded runs. */
const overdue = 0.5;

/** How far this run's tasks may be from what was thought of them, before chance alone must have been at work. Measured likewise. */
const paces = { least: 0.05, most: 20 } as const;

/**
 * A node takes as long as the last one of its name took, of whatever release: names have no version in them. Else as long as its
 * kind does; and both are held against what this run's own tasks of the kind took, since machines and networks differ, and a
 * build cache may be full now that was empty then. The store is asked when somebody first looks: not in a run that is over by then.
 */
export function newOutlook<N extends KindOfNode>(options: OutlookOptions<N>): Outlook<N> {
  const { graph, store, clock, usualSeconds } = options;
  const starts = new Map<NodeId, number>();
  const last = new Map<NodeId, number>();
  const isFound = new Set<NodeId>();
  const isSettled = new Set<NodeId>();
  const paceOf = newPaces();
  let isRemembered = false;

  const remember = async (): Promise<void> => {
    for (const node of graph.nodes.values()) {
      if (isSettled.has(node.id)) continue;
      const result = await store.lastResult(node.kind, node.id);
      if (result !== undefined) last.set(node.id, result.seconds);
    }
  };
  const thought = (node: N): number => last.get(node.id) ?? usualSeconds(node);
  const secondsLeftOf = (node: N, transfer: Transfer | undefined): number => {
    if (isFound.has(node.id)) return 0;
    if (transfer?.total !== undefined && transfer.perSecond > 0)
      return Math.max(0, transfer.total - transfer.done) / transfer.perSecond;
    const start = starts.get(node.id);
    const taken = start === undefined ? 0 : (clock() - start) / 1000;
    return Math.max(thought(node) * paceOf(node.kind) - taken, taken * overdue);
  };
  return {
    found: (node) => void isFound.add(node.id),
    started(node) {
      isFound.delete(node.id);
      if (!starts.has(node.id)) starts.set(node.id, clock());
    },
    settled(node, { status }) {
      isSettled.add(node.id);
      const start = starts.get(node.id);
      if (status === 'ran' && start !== undefined)
        paceOf.learn(node.kind, (clock() - start) / 1000, thought(node));
    },
    look(transferOf) {
      const total = graph.nodes.size;
      // Without what cannot be read it is thought less well.
      if (!isRemembered && total <= mostRemembered) remember().catch(() => undefined);
      isRemembered = true;
      const due = [...graph.nodes.values()]
        .filter(({ id }) => !isSettled.has(id))
        .map((node) => ({
          ...{ id: node.id, needs: node.needs, rank: options.ranks.get(node.id) ?? 0 },
          demand: isFound.has(node.id) ? {} : options.demandOf(node),
          seconds: secondsLeftOf(node, transferOf(node.id)),
          isRunning: starts.has(node.id),
        }));
      return { done: isSettled.size, total, secondsLeft: timeLeft(due, options.limits) };
    },
  };
}

interface Paces {
  /** What a second of a kind's tasks took in this run; of a kind of which none is over, what all others took. */
  (kind: string): number;
  learn(kind: string, taken: number, thought: number): void;
}

function newPaces(): Paces {
  const sums = new Map<string, { taken: number; thought: number }>();
  const all = { taken: 0, thought: 0 };
  const paceOf = (kind: string): number => {
    const { taken, thought } = sums.get(kind) ?? all;
    return thought === 0 ? 1 : Math.min(paces.most, Math.max(paces.least, taken / thought));
  };
  const learn: Paces['learn'] = (kind, taken, thought) => {
    const own = sums.get(kind) ?? { taken: 0, thought: 0 };
    sums.set(kind, own);
    for (const sum of [own, all]) {
      sum.taken += taken;
      sum.thought += thought;
    }
  };
  return Object.assign(paceOf, { learn });
}
