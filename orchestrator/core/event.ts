import type { Failure } from './failure.ts';

/** What happens during a run. Reports subscribe to these; nothing else tells them anything. */
export type RunEvent =
  | { readonly type: 'run-started'; readonly nodes: readonly NodeSummary[] }
  | { readonly type: 'node-started'; readonly node: NodeSummary }
  | { readonly type: 'node-progress'; readonly node: NodeSummary; readonly text: string }
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
  | { readonly type: 'run-finished'; readonly seconds: number };

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
