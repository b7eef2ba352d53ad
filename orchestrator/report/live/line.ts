import { createColors } from 'picocolors';
import type { NodeEnd, NodeSummary, OnEvent } from '../../core/event.ts';
import { failureHeadline } from '../../core/failure-headline.ts';
import { unreachable } from '../../core/unreachable.ts';
import { formatSeconds } from '../duration.ts';
import { ownerOf } from '../owner.ts';

export interface LineReportOptions {
  readonly write: (text: string) => void;
  readonly colour: boolean;
  /** Any clock that only moves forward, in seconds. */
  readonly now: () => number;
}

/**
 * One line a transition, for logs that nobody watches: when, whose, what, what became of it.
 *
 *     +12.3s  etcd-io/etcd  go-build  linux/arm64  done in 14.2s
 */
export function createLineReport({ write, colour, now }: LineReportOptions): OnEvent {
  const colours = createColors(colour);
  let start = now();
  let widths = { owner: 0, kind: 0, title: 0 };

  const clock = () => colours.dim(`+${(now() - start).toFixed(1)}s`.padStart(8));
  const line = ({ kind, title, projects }: NodeSummary, text: string) => {
    const owner = ownerOf({ projects }).padEnd(widths.owner);
    write(`${[clock(), owner, kind.padEnd(widths.kind), title.padEnd(widths.title), text].join('  ')}\n`);
  };

  const endOf = (end: NodeEnd, seconds: number): string => {
    switch (end.status) {
      case 'ran':
        return colours.green(`done in ${formatSeconds(seconds)}`);
      case 'cached':
        return colours.dim('cached');
      case 'failed':
        return colours.red(`failed after ${formatSeconds(seconds)}: ${failureHeadline(end.failure)}`);
      case 'skipped':
        return colours.yellow(`skipped: ${end.because} failed`);
      case 'aborted':
        return colours.yellow('interrupted');
      default:
        return unreachable(end);
    }
  };

  return (event) => {
    switch (event.type) {
      case 'run-started':
        start = now();
        widths = widthsOf(event.nodes);
        break;
      case 'node-started':
        line(event.node, 'started');
        break;
      case 'node-progress':
        break;
      case 'node-retried': {
        const again = `try ${event.attempt} failed, again in ${formatSeconds(event.waitSeconds)}`;
        line(event.node, colours.yellow(`${again}: ${failureHeadline(event.failure)}`));
        break;
      }
      case 'node-finished':
        line(event.node, endOf(event.how, event.seconds));
        break;
      case 'run-finished':
        write(`${clock()}  finished in ${formatSeconds(event.seconds)}\n`);
        break;
      default:
        unreachable(event);
    }
  };
}

function widthsOf(nodes: readonly NodeSummary[]) {
  const widest = (textOf: (node: NodeSummary) => string) =>
    nodes.reduce((width, node) => Math.max(width, textOf(node).length), 0);
  return { owner: widest(ownerOf), kind: widest((node) => node.kind), title: widest((node) => node.title) };
}
