import { createColors } from 'picocolors';
import type { RunReport } from '../run-report.ts';
import { closing } from './closing.ts';
import { identicalFiles, otherFiles } from './files.ts';
import { imageLines } from './images.ts';
import { projectTable } from './table.ts';

export interface SummaryOptions {
  /** The width to fit into where possible; digests, paths and commands are never cut. */
  readonly columns: number;
  readonly colour: boolean;
  /** It is of some files, which were asked for: those that are as published are told, too. */
  readonly isPart?: boolean;
}

/**
 * What a run leaves on the screen: the release, a table of its projects, every file that is not identical with what was
 * expected, what came and why, and last what to do. Ends in a line end.
 */
export function renderSummary(
  report: RunReport,
  { columns, colour, isPart = false }: SummaryOptions,
): string {
  const colours = createColors(colour);
  const lines = [
    headOf(report, colours.bold),
    ...(isPart
      ? identicalFiles(report.verdicts, columns, colours)
      : ['', ...projectTable(report, columns, colours)]),
    ...otherFiles(report.verdicts, columns, colours),
    ...imageLines(report.images ?? [], columns, colours),
    ...closing(report, columns, colours),
  ];
  return `${lines.join('\n')}\n`;
}

function headOf({ release }: RunReport, bold: (text: string) => string): string {
  const read = release.tree === 'release' ? release.releaseCommit : release.tag;
  const where = release.tree === 'release' ? 'release commit' : 'tag tree';
  return `${bold(release.name)}${read === undefined ? '' : `  ${where} ${read.commit.slice(0, 12)} of ${read.date.slice(0, 10)}`}`;
}
