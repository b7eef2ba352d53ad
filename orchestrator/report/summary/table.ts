import type { Colors } from 'picocolors/types.js';
import { countOf } from '../../core/numbers.ts';
import type { Totals } from '../../verdict/verify/summary.ts';
import { formatSeconds } from '../duration.ts';
import { goText } from '../go-text.ts';
import { ownerOf } from '../owner.ts';
import { type ProjectReport, type RunReport, secondsByProject } from '../run-report.ts';
import { type Align, type Cell, renderTable, tableWidth } from '../table.ts';

/**
 * A line a project, and the total. The three counts have a column each where there is room for their names, and
 * share one otherwise.
 */
export function projectTable(report: RunReport, columns: number, colours: Colors): readonly string[] {
  const wide = tableRows(report, colours, wideCounts);
  if (tableWidth(wide) <= columns) return renderTable(aligns(3), wide);
  return [
    ...renderTable(aligns(1), tableRows(report, colours, narrowCounts(report))),
    colours.dim('  files: identical / comparable / all'),
  ];
}

function aligns(counts: number): readonly Align[] {
  return ['left', 'left', 'left', ...Array.from({ length: counts }, () => 'right' as const), 'right'];
}

interface Counts {
  readonly titles: readonly string[];
  textsOf(totals: Totals): readonly string[];
}

const wideCounts: Counts = {
  titles: ['identical', 'comparable', 'all'],
  textsOf: ({ identical, comparable, all }) => [identical, comparable, all].map(String),
};

function narrowCounts({ totals }: RunReport): Counts {
  const digits = String(totals.all).length;
  const textOf = (count: number) => String(count).padStart(digits);
  return {
    titles: ['files'],
    textsOf: ({ identical, comparable, all }) => [[identical, comparable, all].map(textOf).join(' / ')],
  };
}

function tableRows(report: RunReport, colours: Colors, counts: Counts): readonly (readonly Cell[])[] {
  const seconds = secondsByProject(report.nodes);
  const titles = ['  project', 'version', 'Go', ...counts.titles, 'time'];
  const rows = report.projects.map((project) => [
    nameCell(project, colours),
    { text: project.tag },
    { text: goText(project.go) },
    ...counts.textsOf(project.totals).map((text) => ({ text, paint: paintOf(project.totals, colours) })),
    { text: timeOf(project, report, seconds), paint: colours.dim },
  ]);
  const count = `  ${countOf(report.projects.length, 'project')}`;
  const total = [count, '', '', ...counts.textsOf(report.totals), formatSeconds(report.seconds)];
  return [
    titles.map((text) => ({ text, paint: colours.dim })),
    ...rows,
    total.map((text) => ({ text, paint: colours.bold })),
  ];
}

function nameCell({ name, totals }: ProjectReport, colours: Colors): Cell {
  const [mark, paint] =
    totals.identical < totals.comparable
      ? ['✖', colours.red]
      : totals.comparable > 0
        ? ['✔', colours.green]
        : ['·', colours.dim];
  return { text: `${mark} ${name}`, paint: () => `${paint(mark)} ${name}` };
}

/** Red: something comparable is not identical. Yellow: not all is comparable. Green: all is identical. */
function paintOf({ identical, comparable, all }: Totals, colours: Colors): (text: string) => string {
  if (identical < comparable) return colours.red;
  return comparable < all ? colours.yellow : colours.green;
}

function timeOf(project: ProjectReport, report: RunReport, seconds: ReadonlyMap<string, number>): string {
  const spent = seconds.get(project.name);
  if (spent !== undefined) return formatSeconds(spent);
  const own = report.nodes.filter((node) => ownerOf(node) === project.name);
  return own.length > 0 && own.every((node) => node.end.status === 'cached') ? 'cached' : '-';
}
