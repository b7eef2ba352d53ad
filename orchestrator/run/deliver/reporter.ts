import { leastColumns } from '../../core/edge/readable-width.ts';
import type { OnEvent, Say } from '../../core/event.ts';
import { unreachable } from '../../core/unreachable.ts';
import type { Host, Output } from '../../host.ts';
import { createActivityLine } from '../../report/live/activity-line.ts';
import type { Terminal } from '../../report/live/terminal.ts';
import type { RunReport } from '../../report/run-report.ts';

export type LogStyle = 'auto' | 'list' | 'line' | 'json';

/** A report of a run while it goes on, and of what it came to. */
export interface Reporter {
  readonly onEvent: OnEvent;
  /** What goes on before the graph is run, and after it was closed. */
  readonly say: Say;
  /** Gives the terminal back; called once, before anything else is written. */
  close(): Promise<void>;
  /** @param part what alone is told to people, with the files in it that are as published; all where it is absent. */
  finish(report: RunReport, part?: RunReport): Promise<void>;
}

/** Where words go that are for people: not among lines for programs. */
export function proseOn(style: LogStyle, { stdout, stderr }: Pick<Host, 'stdout' | 'stderr'>): Output {
  return style === 'json' ? stderr : stdout;
}

/** Picks a style: the live list on a terminal, a line for what was done elsewhere, unless one was asked for; `line` tells all. */
export async function chooseReporter(style: LogStyle, host: Host): Promise<Reporter> {
  const now = () => host.now() / 1000;
  const write = (text: string) => host.stdout.write(text);
  const colour = host.stdout.hasColours;
  const finish: Reporter['finish'] = async (report, part) => {
    const { renderSummary } = await import('../../report/summary/summary.ts');
    const isPart = part !== undefined;
    write(`\n${renderSummary(part ?? report, { columns: host.stdout.columns, colour, isPart })}`);
  };
  // In a narrow one, lines of a list would be wrapped, and drawn over at the wrong places.
  const isWide = host.stdout.isTerminal && host.stdout.columns > leastColumns;
  const chosen = style === 'auto' ? (isWide ? 'list' : 'line') : style;
  const say = createActivityLine(host.stderr, now);
  switch (chosen) {
    case 'list': {
      const { createListReport } = await import('../../report/live/list.ts');
      return { ...(await createListReport({ terminal: terminalOn(host.stdout), colour, now })), say, finish };
    }
    case 'line': {
      const { createLineReport } = await import('../../report/live/line.ts');
      const onEvent = createLineReport({ write, colour, now, isWhole: style === 'line' });
      return { onEvent, say, close: async () => undefined, finish };
    }
    case 'json': {
      const { createJsonLinesReport } = await import('../../report/live/json-lines.ts');
      const report = createJsonLinesReport({ write, now });
      return {
        onEvent: report.onEvent,
        say: report.say,
        close: async () => undefined,
        finish: async (run) => report.finish(run),
      };
    }
    default:
      return unreachable(chosen);
  }
}

function terminalOn(output: Output): Terminal {
  return {
    write: output.draw,
    get columns() {
      return output.columns;
    },
    get rows() {
      return output.rows;
    },
  };
}
