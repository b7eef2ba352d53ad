import { countOf } from '../../core/numbers.ts';
import type { GroupKind, RecordSum } from '../../verdict/record/sum.ts';
import type { Totals } from '../../verdict/verify/summary.ts';
import { type Align, renderTable } from '../table.ts';

/** Raised when a member changes its meaning or goes away, not when one is added. */
const sumSchema = 1;

const kinds: readonly GroupKind[] = ['branch', 'project', 'year', 'go'];

/** @param unknown published files that nothing is recorded of; undefined where nobody knows how many there are. */
export function sumAsJson(sum: RecordSum, unknown: number | undefined): object {
  const groups = kinds.map((kind) => [kind, Object.fromEntries(sum.by[kind])] as const);
  const { totals, releases, builds, causes } = sum;
  return { schema: sumSchema, totals, releases, builds, unknown, by: Object.fromEntries(groups), causes };
}

/** What records come to, for people: a table of each kind of group, and what is not identical. */
export function renderSum(sum: RecordSum, unknown: number | undefined): string {
  const tables = kinds.map((kind) => tableOf(kind, sum.by[kind]));
  const { identical, comparable, all } = sum.totals;
  const lines = [
    ...tables.flatMap((rows) => [...rows, '']),
    ...causesOf(sum),
    ...(unknown === undefined || unknown === 0
      ? []
      : [`Not known yet: ${countOf(unknown, 'published file')}.`]),
    `${countOf(sum.releases, 'release')}, ${countOf(sum.builds, 'distinct build')}`,
    `identical / comparable / all: ${identical} / ${comparable} / ${all}`,
  ];
  return `${lines.join('\n')}\n`;
}

function tableOf(kind: GroupKind, groups: ReadonlyMap<string, Totals>): readonly string[] {
  const aligns: readonly Align[] = ['left', 'right', 'right', 'right'];
  const rows = [...groups].map(([name, { identical, comparable, all }]) =>
    [name, identical, comparable, all].map(String),
  );
  const cells = [[kind === 'go' ? 'Go' : kind, 'identical', 'comparable', 'all'], ...rows];
  return renderTable(
    aligns,
    cells.map((row) => row.map((text) => ({ text }))),
  );
}

function causesOf({ causes }: RecordSum): readonly string[] {
  if (causes.length === 0) return [];
  const aligns: readonly Align[] = ['left', 'left', 'right', 'right', 'left'];
  const rows = causes.map(({ verdict, cause, files, builds, projects }) => [
    ...[verdict, cause, String(files), String(builds)],
    projects.length > 3
      ? `${projects.slice(0, 3).join(', ')} and ${projects.length - 3} more`
      : projects.join(', '),
  ]);
  const cells = [['not identical', 'cause', 'files', 'builds', 'projects'], ...rows];
  return [
    ...renderTable(
      aligns,
      cells.map((row) => row.map((text) => ({ text }))),
    ),
    '',
  ];
}
