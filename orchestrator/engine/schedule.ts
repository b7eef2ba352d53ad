import { setMaxListeners } from 'node:events';
import type { Result } from '../core/result.ts';
import type { Graph } from '../plan/node.ts';
import type { NodeBase, NodeId } from '../plan/node-base.ts';
import { dependantsOf } from './rank.ts';

/** What became of a node. `skipped` names the node whose failure is the cause, not the need between. */
export type Settled<V, E> =
  | { readonly status: 'done'; readonly value: V }
  | { readonly status: 'failed'; readonly error: E }
  | { readonly status: 'skipped'; readonly because: NodeId }
  | { readonly status: 'aborted' };

export interface Schedule<N extends NodeBase, V, E> {
  readonly graph: Graph<N>;
  /** Of the nodes that can start at the same time, the one with the lower number starts first. */
  readonly ranks: ReadonlyMap<NodeId, number>;
  /** One failure ends it all: nothing new starts, and what runs is aborted. */
  readonly failFast: boolean;
  readonly signal: AbortSignal;
  /**
   * Does a node's work. `needs` has the values of its needs. What it waits for (a place among a few, a lock) is its own
   * affair. Where `signal` has fired, any error counts as `aborted`.
   */
  readonly run: (node: N, needs: ReadonlyMap<NodeId, V>, signal: AbortSignal) => Promise<Result<V, E>>;
  /** Told of each node once. */
  readonly onSettled?: (node: N, settled: Settled<V, E>) => void;
}

/**
 * Runs every node once its needs are done. A failure does not stop the others: only what needs it, near or far, is
 * skipped. Ends when nothing runs any more. @throws what `run` throws, after the rest was aborted: a bug.
 */
export async function schedule<N extends NodeBase, V, E>(
  options: Schedule<N, V, E>,
): Promise<ReadonlyMap<NodeId, Settled<V, E>>> {
  const { graph, ranks, onSettled } = options;
  const dependants = dependantsOf(graph);
  const missing = new Map([...graph.nodes.values()].map((node) => [node.id, new Set(node.needs).size]));
  const started = new Set<NodeId>();
  const settled = new Map<NodeId, Settled<V, E>>();
  const values = new Map<NodeId, V>();
  const stop = new AbortController();
  const signal = AbortSignal.any([options.signal, stop.signal]);
  const bugs: unknown[] = [];
  // A listener for each node that runs is what is meant, and no leak.
  setMaxListeners(0, signal);

  const settle = (node: N, how: Settled<V, E>): void => {
    settled.set(node.id, how);
    onSettled?.(node, how);
  };
  /** Settles all that needs a node which is not done. */
  const passOn = (node: N, how: Settled<V, E>): void => {
    const rest = [...(dependants.get(node.id) ?? [])];
    for (let next = rest.pop(); next !== undefined; next = rest.pop()) {
      if (settled.has(next.id)) continue;
      settle(next, how);
      rest.push(...(dependants.get(next.id) ?? []));
    }
  };
  const finish = (node: N, result: Result<V, E>): void => {
    if (result.ok) {
      values.set(node.id, result.value);
      settle(node, { status: 'done', value: result.value });
    } else if (signal.aborted) {
      settle(node, { status: 'aborted' });
      passOn(node, { status: 'aborted' });
    } else {
      settle(node, { status: 'failed', error: result.error });
      passOn(node, { status: 'skipped', because: node.id });
      if (options.failFast) stop.abort();
    }
  };

  return new Promise((resolve, reject) => {
    let running = 0;
    const start = (nodes: readonly N[]): void => {
      const inTurn = [...nodes].sort((a, b) => (ranks.get(a.id) ?? 0) - (ranks.get(b.id) ?? 0));
      for (const node of inTurn) {
        if (signal.aborted) break;
        started.add(node.id);
        running += 1;
        void runOne(node);
      }
    };
    const runOne = async (node: N): Promise<void> => {
      const ready: N[] = [];
      try {
        const needs = new Map(node.needs.map((id) => [id, values.get(id) as V]));
        const result = await options.run(node, needs, signal);
        finish(node, result);
        for (const dependant of result.ok ? (dependants.get(node.id) ?? []) : []) {
          const left = (missing.get(dependant.id) ?? 0) - 1;
          missing.set(dependant.id, left);
          if (left === 0 && !settled.has(dependant.id)) ready.push(dependant);
        }
      } catch (bug) {
        bugs.push(bug);
        stop.abort();
      }
      running -= 1;
      start(ready);
      endWhereIdle();
    };
    const endWhereIdle = (): void => {
      if (running > 0) return;
      if (bugs.length > 0) reject(bugs[0]);
      else resolve(inGraphOrder(graph, settled));
    };
    const abandon = (): void => {
      for (const node of graph.nodes.values()) {
        if (!started.has(node.id) && !settled.has(node.id)) settle(node, { status: 'aborted' });
      }
    };
    if (signal.aborted) abandon();
    else signal.addEventListener('abort', abandon, { once: true });
    start([...graph.nodes.values()].filter((node) => node.needs.length === 0));
    endWhereIdle();
  });
}

/** The same map in the graph's order. */
export function inGraphOrder<N extends NodeBase, T>(
  graph: Graph<N>,
  settled: ReadonlyMap<NodeId, T>,
): ReadonlyMap<NodeId, T> {
  const ordered = new Map<NodeId, T>();
  for (const id of graph.nodes.keys()) {
    const how = settled.get(id);
    if (how !== undefined) ordered.set(id, how);
  }
  return ordered;
}
