import type { NodeSummary, OnEvent, RunEvent } from '../../core/event.ts';
import { unreachable } from '../../core/unreachable.ts';
import { failureToJson, nodeEndToJson, verdictToJson } from '../json-parts.ts';
import type { RunReport } from '../run-report.ts';

/** The `schema` of every line: raised when a field changes its meaning or goes away, not when one is added. */
const jsonLinesSchema = 1;

export interface JsonLinesOptions {
  readonly write: (text: string) => void;
  /** Any clock that only moves forward, in seconds. */
  readonly now: () => number;
}

export interface JsonLinesReport {
  readonly onEvent: OnEvent;
  /** After the run: a line `file-verdict` for every file, then one `summary`. */
  finish(report: RunReport): void;
}

/**
 * `--log json`: one JSON object a line. Each has `schema`, `at` (seconds since the run started) and `type`, which is the
 * event's type and decides the rest: `node` (the whole summary in `run-started`, its id elsewhere), `seconds`, `status`,
 * `failure` (`reason` and `description`).
 */
export function createJsonLinesReport({ write, now }: JsonLinesOptions): JsonLinesReport {
  let start = now();
  const line = (type: string, fields: object) => {
    const at = Math.round((now() - start) * 1000) / 1000;
    write(`${JSON.stringify({ schema: jsonLinesSchema, at, type, ...fields })}\n`);
  };
  return {
    onEvent(event) {
      if (event.type === 'run-started') start = now();
      line(event.type, fieldsOf(event));
    },
    finish(report) {
      for (const verdict of report.verdicts) line('file-verdict', verdictToJson(verdict));
      const { totals, leftOut, exitCode, interrupted, seconds } = report;
      line('summary', { release: report.release.name, leftOut, totals, exitCode, interrupted, seconds });
    },
  };
}

function fieldsOf(event: RunEvent): object {
  switch (event.type) {
    case 'run-started':
      return { nodes: event.nodes.map(summaryOf) };
    case 'node-started':
      return { node: event.node.id };
    case 'node-progress':
      return { node: event.node.id, text: event.text };
    case 'node-retried':
      return {
        node: event.node.id,
        attempt: event.attempt,
        waitSeconds: event.waitSeconds,
        failure: failureToJson(event.failure),
      };
    case 'node-finished':
      return { node: event.node.id, seconds: event.seconds, ...nodeEndToJson(event.how) };
    case 'run-finished':
      return { seconds: event.seconds };
    default:
      return unreachable(event);
  }
}

function summaryOf({ id, kind, title, projects }: NodeSummary): object {
  return { id, kind, title, projects };
}
