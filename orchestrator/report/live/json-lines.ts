import { defined } from '../../core/defined.ts';
import type { NodeSummary, OnEvent, RunEvent, Say } from '../../core/event.ts';
import { unreachable } from '../../core/unreachable.ts';
import { failureToJson, nodeEndToJson, verdictToJson } from '../json-parts.ts';
import type { RunReport } from '../run-report.ts';
import { createActivity } from './activity.ts';

/** The `schema` of every line: raised when a field changes its meaning or goes away, not when one is added. */
const jsonLinesSchema = 1;

export interface JsonLinesOptions {
  readonly write: (text: string) => void;
  /** Any clock that only moves forward, in seconds. */
  readonly now: () => number;
}

/** Seconds between two lines that only say how far something is. */
const spacing = 10;

export interface JsonLinesReport {
  readonly onEvent: OnEvent;
  /** What goes on beside the graph: a line `activity` for what takes long. */
  readonly say: Say;
  /** After the run: a line `file-verdict` for every file, then one `summary`. */
  finish(report: RunReport): void;
}

/**
 * `--log json`: one JSON object a line. Each has `schema`, `at` (seconds since the run started) and `type`, which is the
 * event's type and decides the rest: `node` (the whole summary in `run-started`, its id elsewhere), `seconds`, `status`,
 * `failure` (`reason` and `description`), `transfer` (bytes: `done`, `total`, `perSecond`). `run-progress` (`done`, `total`,
 * `secondsLeft`) and what else only says how far something is come every ten seconds.
 */
export function createJsonLinesReport({ write, now }: JsonLinesOptions): JsonLinesReport {
  let start = now();
  /** When a line that may be left out was last written, by what it is about. */
  const told = new Map<string, number>();
  const isDue = (event: RunEvent): boolean => {
    const about = aboutProgress(event);
    if (about === undefined) return true;
    const before = told.get(about) ?? (event.type === 'run-progress' ? start : Number.NEGATIVE_INFINITY);
    if (now() - before < spacing) return false;
    told.set(about, now());
    return true;
  };
  const line = (type: string, fields: object) => {
    const at = Math.round((now() - start) * 1000) / 1000;
    write(`${JSON.stringify({ schema: jsonLinesSchema, at, type, ...fields })}\n`);
  };
  return {
    onEvent(event) {
      if (event.type === 'run-started') start = now();
      if (isDue(event)) line(event.type, fieldsOf(event));
    },
    say: createActivity({
      now,
      quiet: spacing,
      show(doing) {
        if (doing !== undefined) line('activity', doing);
      },
    }),
    finish(report) {
      for (const verdict of report.verdicts) line('file-verdict', verdictToJson(verdict));
      const { totals, leftOut, exitCode, interrupted, seconds } = report;
      line('summary', { release: report.release.name, leftOut, totals, exitCode, interrupted, seconds });
    },
  };
}

/** What a line is about that may be left out: the run, or a node whose bytes are told again. */
function aboutProgress(event: RunEvent): string | undefined {
  if (event.type === 'run-progress') return 'run';
  const isTransfer = event.type === 'node-progress' && event.transfer !== undefined;
  return isTransfer ? `${event.node.id}: ${event.text}` : undefined;
}

function fieldsOf(event: RunEvent): object {
  switch (event.type) {
    case 'run-started':
      return { nodes: event.nodes.map(summaryOf) };
    case 'node-started':
      return { node: event.node.id };
    case 'node-progress':
      return { node: event.node.id, text: event.text, ...defined({ transfer: event.transfer }) };
    case 'node-retried':
      return {
        node: event.node.id,
        attempt: event.attempt,
        waitSeconds: event.waitSeconds,
        failure: failureToJson(event.failure),
      };
    case 'node-finished':
      return { node: event.node.id, seconds: event.seconds, ...nodeEndToJson(event.how) };
    case 'run-progress':
      return { done: event.done, total: event.total, secondsLeft: Math.round(event.secondsLeft) };
    case 'run-finished':
      return { seconds: event.seconds };
    default:
      return unreachable(event);
  }
}

function summaryOf({ id, kind, title, projects }: NodeSummary): object {
  return { id, kind, title, projects };
}
