import { createColors } from 'picocolors';
import type { NodeEnd, NodeSummary, OnEvent, RunEvent } from '../../core/event.ts';
import { failureHeadline } from '../../core/failure-headline.ts';
import { countOf } from '../../core/numbers.ts';
import { unreachable } from '../../core/unreachable.ts';
import { formatAbout, formatSeconds, formatWholeSeconds } from '../duration.ts';
import { ownerOf } from '../owner.ts';
import { transferText } from '../transfer-text.ts';

export interface LineReportOptions {
  readonly write: (text: string) => void;
  readonly colour: boolean;
  /** Any clock that only moves forward, in seconds. */
  readonly now: () => number;
  /** Tells each start, and what was cached. */
  readonly isWhole: boolean;
}

/** Seconds: who is over by then has one line, which says all; of the others whoever waits wants to know what they wait for. */
const longTask = 10;

/** Seconds without a line, after which one says what goes on. With the second that events may be late, below half a minute. */
const quiet = 15;

/** What runs, and since when. */
interface Running {
  readonly node: NodeSummary;
  readonly since: number;
  readonly note: string;
  readonly isTold: boolean;
}

/**
 * Lines for logs that nobody watches: when, whose, what, what became of it. One for what was done, one more for what takes long,
 * and none for what was cached; and now and then, where nothing else is told, how far all is.
 *
 *     +12.3s  etcd-io/etcd  go-build  linux/arm64  done in 14.2s
 */
export function createLineReport({ write, colour, now, isWhole }: LineReportOptions): OnEvent {
  const colours = createColors(colour);
  let start = now();
  let last = start;
  let widths = { owner: 0, kind: 0, title: 0 };
  const running = new Map<string, Running>();
  const counts = newCounts();
  /** Told with the next event: what is cached starts and ends in one. */
  let starting: { readonly node: NodeSummary; readonly at: number } | undefined;

  const clockAt = (at: number) => `+${(at - start).toFixed(1)}s`;
  const put = (at: number, text: string) => {
    last = now();
    write(`${colours.dim(clockAt(at).padStart(8))}  ${text}\n`);
  };
  const line = ({ kind, title, projects }: NodeSummary, text: string, at = now()) => {
    const owner = ownerOf({ projects }).padEnd(widths.owner);
    put(at, [owner, kind.padEnd(widths.kind), title.padEnd(widths.title), text].join('  '));
  };

  const tellLong = () => {
    for (const [id, each] of running) {
      if (isWhole || each.isTold || now() - each.since < longTask) continue;
      running.set(id, { ...each, isTold: true });
      line(each.node, `at work since ${clockAt(each.since)}${each.note}`);
    }
  };

  const tell = (event: RunEvent) => {
    switch (event.type) {
      case 'run-started':
        start = now();
        last = start;
        widths = widthsOf(event.nodes);
        break;
      case 'node-started':
        running.set(event.node.id, { node: event.node, since: now(), note: '', isTold: false });
        starting = { node: event.node, at: now() };
        break;
      case 'node-progress': {
        // Who waits for another process, or is looked at in the store, has not started.
        const known = running.get(event.node.id) ?? { node: event.node, since: now(), isTold: true };
        const transfer = event.transfer === undefined ? '' : `, ${transferText(event.transfer)}`;
        running.set(event.node.id, { ...known, note: `: ${event.text}${transfer}` });
        break;
      }
      case 'node-retried': {
        const again = `try ${event.attempt} failed, again in ${formatSeconds(event.waitSeconds)}`;
        line(event.node, colours.yellow(`${again}: ${failureHeadline(event.failure)}`));
        break;
      }
      case 'node-finished':
        running.delete(event.node.id);
        counts.add(event.how.status);
        if (isWhole || event.how.status !== 'cached')
          line(event.node, endText(event.how, event.seconds, colours));
        break;
      case 'run-progress': {
        tellLong();
        if (now() - last < quiet) break;
        const left = event.secondsLeft > 0 ? `, about ${formatAbout(event.secondsLeft)} left` : '';
        put(
          now(),
          `${event.done} of ${countOf(event.total, 'task')} done${left}${doingText(running, now())}`,
        );
        break;
      }
      case 'run-finished':
        put(now(), `finished in ${formatSeconds(event.seconds)}${counts.text()}`);
        break;
      default:
        unreachable(event);
    }
  };

  return (event) => {
    const isCached = event.type === 'node-finished' && event.how.status === 'cached';
    if (starting !== undefined) {
      const { node, at } = starting;
      starting = undefined;
      if (isWhole && !(isCached && event.node.id === node.id)) line(node, 'started', at);
    }
    tell(event);
  };
}

function endText(end: NodeEnd, seconds: number, colours: ReturnType<typeof createColors>): string {
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
}

/** `; for 34s kubernetes/kubernetes go-build linux/amd64: compiling, 312 packages (and 1 more)` */
function doingText(running: ReadonlyMap<string, Running>, now: number): string {
  const [oldest, ...others] = running.values();
  if (oldest === undefined) return '';
  const { node, since, note } = oldest;
  const more = others.length === 0 ? '' : ` (and ${others.length} more)`;
  const name = `${ownerOf(node)} ${node.kind} ${node.title}`;
  return `; for ${formatWholeSeconds(now - since)} ${name}${note}${more}`;
}

function newCounts() {
  const counts = new Map<NodeEnd['status'], number>();
  const words = {
    ran: 'done',
    failed: 'failed',
    skipped: 'skipped',
    aborted: 'interrupted',
    cached: 'cached',
  } as const;
  return {
    add: (status: NodeEnd['status']) => counts.set(status, (counts.get(status) ?? 0) + 1),
    /** `: 3 done, 12 cached` */
    text() {
      const parts = (Object.keys(words) as (keyof typeof words)[]).flatMap((status) =>
        counts.has(status) ? [`${counts.get(status)} ${words[status]}`] : [],
      );
      return parts.length === 0 ? '' : `: ${parts.join(', ')}`;
    },
  };
}

function widthsOf(nodes: readonly NodeSummary[]) {
  const widest = (textOf: (node: NodeSummary) => string) =>
    nodes.reduce((width, node) => Math.max(width, textOf(node).length), 0);
  return { owner: widest(ownerOf), kind: widest((node) => node.kind), title: widest((node) => node.title) };
}
