import type { Failure } from './failure.ts';

/** What happens during a run. Reports subscribe to these; nothing else tells them anything. */
export type RunEvent =
  | { readonly type: 'run-started'; readonly nodes: readonly NodeSummary[] }
  | { readonly type: 'node-started'; readonly node: NodeSummary }
  | {
      readonly type: 'node-progress';
      readonly node: NodeSummary;
      readonly text: string;
      /** Of what is fetched; told again every second while it goes on. */
      readonly transfer?: Transfer;
    }
  | {
      readonly type: 'node-retried';
      readonly node: NodeSummary;
      /** Counts from 1. */
      readonly attempt: number;
      readonly failure: Failure;
      readonly waitSeconds: number;
    }
  | {
      readonly type: 'node-finished';
      readonly node: NodeSummary;
      readonly seconds: number;
      readonly how: NodeEnd;
    }
  /** Every second, or at least now and then, while it goes on: see `engine/outlook.ts`. */
  | ({ readonly type: 'run-progress' } & RunProgress)
  | { readonly type: 'run-finished'; readonly seconds: number };

/** How far a run is. */
export interface RunProgress {
  /** Nodes that came to their end, and all there are. */
  readonly done: number;
  readonly total: number;
  /** About how long it will still take. */
  readonly secondsLeft: number;
}

/** How much of something has come or gone. */
export interface Bytes {
  readonly done: number;
  /** Undefined where nobody knows. */
  readonly total?: number | undefined;
}

export interface Transfer extends Bytes {
  /** Bytes a second, of late. */
  readonly perSecond: number;
}

/**
 * Says in a few words what goes on beside a graph, from now until other words come; no words: nothing any more.
 * @param measure asked again and again for how far it has come.
 */
export type Say = (text: string, measure?: () => Transfer) => void;

/** How a node ended. `skipped` names the node whose failure left it without its needs. */
export type NodeEnd =
  | { readonly status: 'ran' }
  | { readonly status: 'cached' }
  | { readonly status: 'failed'; readonly failure: Failure }
  | { readonly status: 'skipped'; readonly because: string }
  | { readonly status: 'aborted' };

/** What a report may know of a node. */
export interface NodeSummary {
  readonly id: string;
  readonly kind: string;
  /** For people: `go 1.21.10`, `linux/arm64`. */
  readonly title: string;
  /** The projects that need it: `etcd-io/etcd`; a toolchain serves several. */
  readonly projects: readonly string[];
}

export type OnEvent = (event: RunEvent) => void;
