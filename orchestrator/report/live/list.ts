import { createColors } from 'picocolors';
import type { OnEvent, RunEvent } from '../../core/event.ts';
import { createRows, type Rows } from './list-rows.ts';
import { finalLines, type Layout } from './list-text.ts';
import type { LiveView } from './list-view.ts';
import type { Terminal } from './terminal.ts';

export interface ListReportOptions {
  readonly terminal: Terminal;
  readonly colour: boolean;
  /** Any clock that only moves forward, in seconds. */
  readonly now: () => number;
}

export interface ListReport {
  readonly onEvent: OnEvent;
  /**
   * Ends the view, whether or not the run came to its end, and leaves a compact list on the screen.
   * Resolves when the terminal is the caller's again; nothing else may write to it before.
   */
  close(): Promise<void>;
}

/**
 * A live view: a row a project, one for what several share, one for all. Draws on a timer that keeps no process alive.
 * Loads listr2 only now, so that commands without a live view start without it.
 */
export async function createListReport(options: ListReportOptions): Promise<ListReport> {
  const { startLiveView } = await import('./list-view.ts');
  const { terminal, now } = options;
  const colours = createColors(options.colour);
  let rows: Rows | undefined;
  let view: LiveView | undefined;
  let finished = false;

  const layoutOf = (all: Rows, icon: 0 | 2): Layout => ({
    nameWidth: Math.max(...[...all.rows, all.total].map((row) => row.name.length)),
    statusWidth: `${all.total.total} left`.length,
    // A terminal may wrap a line that ends in a colour code where its last column is used.
    columns: terminal.columns - icon - 1,
    colours,
  });

  return {
    onEvent(event) {
      if (event.type === 'run-started') {
        const all = createRows(event.nodes);
        rows = all;
        view = startLiveView({ rows: all, terminal, now, layout: () => layoutOf(all, 2), colours });
      }
      take(event);
    },
    async close() {
      if (rows === undefined || view === undefined) return;
      if (!finished) take({ type: 'run-finished', seconds: 0 });
      await view.end();
      terminal.write(`${finalLines(rows, layoutOf(rows, 0)).join('\n')}\n`);
      rows = undefined;
    },
  };

  function take(event: RunEvent): void {
    for (const row of rows?.take(event, now()) ?? []) view?.changed(row);
    if (event.type === 'run-finished') finished = true;
  }
}
