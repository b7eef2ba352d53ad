import { DefaultRenderer, ListrDefaultRendererLogLevels as Level, Listr, ListrLogger } from 'listr2';
import type { Colors } from 'picocolors/types.js';
import { Line, visibleLines } from './list-line.ts';
import type { Row, Rows } from './list-rows.ts';
import { QuietSpinner, TerminalOutput } from './list-terminal.ts';
import { icons, type Layout, liveText, liveTotal } from './list-text.ts';
import type { Terminal } from './terminal.ts';

export interface LiveViewOptions {
  readonly rows: Rows;
  readonly terminal: Terminal;
  readonly now: () => number;
  readonly layout: () => Layout;
  readonly colours: Colors;
}

export interface LiveView {
  /** A row has changed its state, perhaps. */
  changed(row: Row): void;
  /** Takes the view off the screen. Every row must have come to its end. */
  end(): Promise<void>;
}

/** Draws at most this often, in seconds: what the eye follows, and next to nothing for the processor. */
const frame = 0.1;

/**
 * Shows rows as a listr2 list. Each row is a listr task that waits until its first node starts and ends with its last;
 * listr2 draws and redraws, the texts are ours.
 */
export function startLiveView({ rows, terminal, now, layout, colours }: LiveViewOptions): LiveView {
  const lines: Line[] = [
    ...rows.rows.map((row) => new Line(row, () => liveText(row, now(), layout()))),
    new Line(rows.total, () => liveTotal(rows.total, now(), layout())),
  ];
  let drawn = Number.NEGATIVE_INFINITY;

  class LiveRenderer extends DefaultRenderer {
    /** Whether there is a terminal is the caller's to know. */
    static override nonTTY = true;

    override update(): void {
      if (Math.abs(now() - drawn) < frame * 0.9) return;
      drawn = now();
      const visible = visibleLines(lines, terminal.rows - 1);
      for (const line of lines) line.refresh(visible.has(line));
      super.update();
    }

    /** The texts are as wide as they may be already. */
    protected override format(message: string, icon: string): string[] {
      return [`${icon} ${message}`];
    }
  }

  const logger = new ListrLogger<Level>({ processOutput: new TerminalOutput(terminal) });
  const listr = new Listr<unknown, typeof LiveRenderer>(
    lines.map((line) => ({ title: line.row.name, task: (_context, wrapper) => line.attach(wrapper.task) })),
    {
      concurrent: true,
      exitOnError: false,
      registerSignalListeners: false,
      renderer: LiveRenderer,
      rendererOptions: {
        logger,
        spinner: new QuietSpinner(frame),
        clearOutput: true,
        showErrorMessage: false,
        showSkipMessage: false,
        icon: {
          [Level.WAITING]: icons.waiting,
          [Level.COMPLETED]: icons.done,
          [Level.FAILED]: icons.failed,
          [Level.SKIPPED_WITH_COLLAPSE]: icons.stopped,
        },
        color: {
          [Level.WAITING]: colours.dim,
          [Level.PENDING]: colours.cyan,
          [Level.COMPLETED]: colours.green,
          [Level.FAILED]: colours.red,
          [Level.SKIPPED_WITH_COLLAPSE]: colours.yellow,
        },
      },
    },
  );
  const finished = listr.run();
  const byRow = new Map(lines.map((line) => [line.row, line]));
  return {
    changed(row) {
      byRow.get(row)?.changed();
    },
    async end() {
      for (const line of lines) line.changed();
      await finished;
    },
  };
}
