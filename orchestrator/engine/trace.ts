import type { NodeEnd, NodeSummary, OnEvent } from '../core/event.ts';
import type { Failure } from '../core/failure.ts';
import { unreachable } from '../core/unreachable.ts';
import type { Done } from './execute.ts';
import type { KindOfNode } from './key.ts';
import type { Settled } from './schedule.ts';

/** Tells of nodes as they start and end. A node that came to something has always started; a skipped one never has. */
export interface Trace {
  /** Once a node, however often it is tried. */
  started(node: KindOfNode, at?: number): void;
  retried(node: KindOfNode, attempt: number, failure: Failure, waitSeconds: number): void;
  finished(node: KindOfNode, end: NodeEnd): Span;
}

/** When a node was worked on. */
interface Span {
  /** Seconds after the run's start; absent where it never started. */
  readonly began?: number;
  /** Since it started, 0 where it did not. */
  readonly seconds: number;
}

/** @param clock milliseconds, of a clock that only goes forward. */
export function newTrace(onEvent: OnEvent, clock: () => number): Trace {
  const opened = clock();
  const starts = new Map<string, number>();
  const started = (node: KindOfNode, at = clock()): void => {
    if (starts.has(node.id)) return;
    starts.set(node.id, at);
    onEvent({ type: 'node-started', node: summaryOf(node) });
  };
  return {
    started,
    retried(node, attempt, failure, waitSeconds) {
      onEvent({ type: 'node-retried', node: summaryOf(node), attempt, failure, waitSeconds });
    },
    finished(node, end) {
      if (end.status === 'ran' || end.status === 'cached' || end.status === 'failed') started(node);
      const start = starts.get(node.id);
      const seconds = start === undefined ? 0 : (clock() - start) / 1000;
      onEvent({ type: 'node-finished', node: summaryOf(node), seconds, how: end });
      return start === undefined ? { seconds } : { began: (start - opened) / 1000, seconds };
    },
  };
}

export function summaryOf(node: KindOfNode): NodeSummary {
  const { id, kind, title, projects } = node;
  return { id, kind, title, projects };
}

/** What the scheduler says of a node, as events and outcomes say it. */
export function endOf(settled: Settled<Done, Failure>): NodeEnd {
  switch (settled.status) {
    case 'done':
      return { status: settled.value.how };
    case 'failed':
      return { status: 'failed', failure: settled.error };
    case 'skipped':
      return { status: 'skipped', because: settled.because };
    case 'aborted':
      return { status: 'aborted' };
    default:
      return unreachable(settled);
  }
}
