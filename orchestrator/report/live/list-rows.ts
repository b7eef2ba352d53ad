import type { NodeEnd, NodeSummary, RunEvent } from '../../core/event.ts';
import { failureHeadline } from '../../core/failure-headline.ts';
import { unreachable } from '../../core/unreachable.ts';
import { ownerOf, shared } from '../owner.ts';
import { transferText } from '../transfer-text.ts';

/** What a live view knows of the nodes of one owner. Times are readings of the caller's clock, in seconds. */
export interface Row {
  readonly name: string;
  /** How many nodes it has. */
  total: number;
  /** How many of them ended, by how. */
  readonly ended: Record<NodeEnd['status'], number>;
  /** What each running node is doing, oldest first. */
  readonly running: Map<string, Doing>;
  /** When the first node started, and when the last one ended. */
  started: number | undefined;
  finished: number | undefined;
  /** The first failure. */
  failure: Doing | undefined;
  /** About how many seconds it will still take; of the row of all. */
  left: number | undefined;
}

/** `go-build linux/arm64`, and what there is to say of it: `: cloning`. */
export interface Doing {
  readonly what: string;
  readonly note?: string;
}

export interface Rows {
  /** What several projects share comes first, then the projects in the order of the nodes. */
  readonly rows: readonly Row[];
  /** All rows in one. */
  readonly total: Row;
  /** Takes an event in and returns the rows that it changed. */
  take(event: RunEvent, now: number): readonly Row[];
}

/** Rows for the nodes of a run. */
export function createRows(nodes: readonly NodeSummary[]): Rows {
  const byOwner = new Map<string, Row>();
  if (nodes.some((node) => ownerOf(node) === shared)) byOwner.set(shared, emptyRow(sharedLabel(nodes)));
  const total = emptyRow('total');
  for (const node of nodes) {
    const row = byOwner.get(ownerOf(node)) ?? emptyRow(ownerOf(node));
    byOwner.set(ownerOf(node), row);
    row.total++;
    total.total++;
  }
  return {
    rows: [...byOwner.values()],
    total,
    take(event, now) {
      if (event.type === 'run-started') {
        total.started = now;
        return [];
      }
      if (event.type === 'run-progress') {
        total.left = event.secondsLeft;
        return [];
      }
      if (event.type === 'run-finished') {
        const open = [...byOwner.values()].filter((row) => leftOf(row) > 0);
        for (const each of [...open, total]) settle(each, now);
        return open;
      }
      const row = byOwner.get(ownerOf(event.node));
      if (row === undefined) return [];
      for (const each of [row, total]) change(each, event, now);
      return [row];
    },
  };
}

export function leftOf(row: Row): number {
  return row.total - Object.values(row.ended).reduce((sum, count) => sum + count, 0);
}

/** `stopped`: some of its nodes were left undone when the run ended. */
export type EndState = 'done' | 'failed' | 'stopped';

/** How a row ended; undefined while nodes are left. */
export function stateOf(row: Row): EndState | undefined {
  if (leftOf(row) > 0) return undefined;
  if (row.ended.failed + row.ended.skipped > 0) return 'failed';
  return row.ended.aborted > 0 ? 'stopped' : 'done';
}

/** Nothing goes on after the run: what is left was interrupted. */
function settle(row: Row, now: number): void {
  row.ended.aborted += leftOf(row);
  row.running.clear();
  row.finished = now;
}

function emptyRow(name: string): Row {
  return {
    name,
    total: 0,
    ended: { ran: 0, cached: 0, failed: 0, skipped: 0, aborted: 0 },
    running: new Map(),
    started: undefined,
    finished: undefined,
    failure: undefined,
    left: undefined,
  };
}

function sharedLabel(nodes: readonly NodeSummary[]): string {
  return nodes.every((node) => ownerOf(node) !== shared || node.kind === 'toolchain') ? 'toolchains' : shared;
}

type NodeEvent = Exclude<RunEvent, { readonly type: 'run-started' | 'run-progress' | 'run-finished' }>;

function change(row: Row, event: NodeEvent, now: number): void {
  const { id, kind, title } = event.node;
  const what = `${kind} ${title}`;
  switch (event.type) {
    case 'node-started':
      row.started ??= now;
      row.running.set(id, { what });
      return;
    case 'node-progress':
      row.running.set(id, {
        what,
        note: `: ${event.text}${event.transfer === undefined ? '' : `, ${transferText(event.transfer)}`}`,
      });
      return;
    case 'node-retried':
      row.running.set(id, { what, note: `: trying again, ${failureHeadline(event.failure)}` });
      return;
    case 'node-finished':
      row.running.delete(id);
      row.ended[event.how.status]++;
      row.finished = now;
      if (event.how.status === 'failed')
        row.failure ??= { what, note: `: ${failureHeadline(event.how.failure)}` };
      if (event.how.status === 'skipped')
        row.failure ??= { what: 'skipped', note: `: ${event.how.because} failed` };
      return;
    default:
      unreachable(event);
  }
}
