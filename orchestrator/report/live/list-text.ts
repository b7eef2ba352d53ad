import type { Colors } from 'picocolors/types.js';
import { countOf } from '../../core/numbers.ts';
import { formatAbout, formatSeconds, formatWholeSeconds } from '../duration.ts';
import { type Doing, type EndState, leftOf, type Row, type Rows, stateOf } from './list-rows.ts';

export interface Layout {
  /** Of the column with the names, and of the one with what is left. */
  readonly nameWidth: number;
  readonly statusWidth: number;
  /** What there is room for in all; the last part gives way. */
  readonly columns: number;
  readonly colours: Colors;
}

/**
 * A row while the run goes on: name, how many nodes are left, how long it has been at it, what it is doing.
 *
 *     etcd-io/etcd           4 left     42s  go-build linux/arm64 (+1)
 */
export function liveText(row: Row, now: number, layout: Layout): string {
  return rowText(row, now, detailOf(row), layout);
}

/** The same of all rows together: about how long it will still take, and what became of the nodes instead of what they are doing. */
export function liveTotal(total: Row, now: number, layout: Layout): string {
  const counts = countsOf(total) || `of ${countOf(total.total, 'task')}`;
  const isOpen = total.left !== undefined && total.left > 0 && leftOf(total) > 0;
  const left = isOpen ? [`about ${formatAbout(total.left ?? 0)} left`] : [];
  return rowText(total, now, { what: [...left, counts].join(', ') }, layout);
}

/**
 * What stays on the screen: a line for every row that did something, one for those that had nothing to do, one for
 * those that the run did not come to, the total.
 *
 *     ✔ etcd-io/etcd          9 tasks  1m 02s  3 cached
 */
export function finalLines({ rows, total }: Rows, layout: Layout): readonly string[] {
  const isIdle = (row: Row) => row.ended.cached === row.total;
  const isUntouched = (row: Row) => row.ended.aborted === row.total && row.started === undefined;
  const busy = rows.filter((row) => !isIdle(row) && !isUntouched(row));
  if (busy.length === 0) return [finalLine(total, layout)];
  return [
    ...busy.map((row) => finalLine(row, layout)),
    ...together('done', rows.filter(isIdle), 'all cached', layout),
    ...together('stopped', rows.filter(isUntouched), 'not started', layout),
    finalLine(total, layout),
  ];
}

/** Of `4m 31s`, the widest that a clock shows. */
const clockWidth = 6;

/** Icons that say how a row ended. */
export const icons = { done: '✔', failed: '✖', stopped: '■', waiting: '·' } as const;

function finalLine(row: Row, layout: Layout): string {
  const { started, finished } = row;
  const clock = started === undefined || finished === undefined ? '' : formatSeconds(finished - started);
  return lineOf(
    stateOf(row) ?? 'stopped',
    [row.name, countOf(row.total, 'task'), clock, countsOf(row)],
    layout,
  );
}

function together(state: EndState, rows: readonly Row[], detail: string, layout: Layout): readonly string[] {
  if (rows.length === 0) return [];
  const tasks = rows.reduce((sum, row) => sum + row.total, 0);
  return [lineOf(state, [`${rows.length} more`, countOf(tasks, 'task'), '', detail], layout)];
}

type FinalCells = readonly [name: string, tasks: string, clock: string, detail: string];

function lineOf(state: EndState, cells: FinalCells, layout: Layout): string {
  const { nameWidth, statusWidth, columns, colours } = layout;
  const paint = { done: colours.green, failed: colours.red, stopped: colours.yellow }[state];
  const [name, tasks, clock, detail] = cells;
  const before = [name.padEnd(nameWidth), tasks.padStart(statusWidth + 1), clock.padStart(clockWidth)].join(
    '  ',
  );
  const room = columns - 2 - before.length - 2;
  return trimEnd(`${paint(icons[state])} ${before}  `, colours.dim, fit({ what: detail }, room));
}

function rowText(row: Row, now: number, detail: Doing, layout: Layout): string {
  const { nameWidth, statusWidth, columns, colours } = layout;
  const state = stateOf(row);
  const end = state === undefined ? now : (row.finished ?? now);
  const name = row.name.padEnd(nameWidth);
  const status = (state ?? `${leftOf(row)} left`).padStart(statusWidth);
  const clock = (row.started === undefined ? '' : formatWholeSeconds(end - row.started)).padStart(clockWidth);
  const isWaiting = row.started === undefined && state === undefined;
  const before = [
    isWaiting ? colours.dim(name) : name,
    state === 'failed' ? colours.red(status) : colours.dim(status),
    colours.dim(clock),
  ].join('  ');
  const room = columns - [name, status, clock].join('  ').length - 2;
  const paint = detail === row.failure ? colours.red : (text: string) => text;
  return trimEnd(`${before}  `, paint, fit(detail, room));
}

/** Nothing is painted where there is nothing to see: colour codes would stand in for blanks at the end of a line. */
function trimEnd(before: string, paint: (text: string) => string, text: string): string {
  return text === '' ? before.trimEnd() : `${before}${paint(text)}`;
}

function detailOf(row: Row): Doing {
  const [first, ...others] = row.running.values();
  if (first === undefined) return row.failure ?? { what: countsOf(row) };
  return others.length === 0 ? first : { what: first.what, note: ` (+${others.length})` };
}

/** What became of its nodes, worst first; those that simply ran go without saying. */
function countsOf(row: Row): string {
  const { cached, failed, skipped, aborted } = row.ended;
  if (cached > 0 && cached === row.total) return 'all cached';
  const counts: readonly (readonly [number, string])[] = [
    [failed, 'failed'],
    [skipped, 'skipped'],
    [aborted, 'stopped'],
    [cached, 'cached'],
  ];
  return counts.flatMap(([count, word]) => (count > 0 ? [`${count} ${word}`] : [])).join(', ');
}

/** A note that there is hardly any room for is left out rather than hinted at. */
function fit({ what, note = '' }: Doing, width: number): string {
  const text = what + note;
  if (text.length <= width) return text;
  if (what.length <= width && width - what.length < 12) return what;
  return width < 2 ? '' : `${text.slice(0, width - 1).trimEnd()}…`;
}
