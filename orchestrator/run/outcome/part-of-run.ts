import type { RunReport } from '../../report/run-report.ts';
import { totalsOf } from '../../verdict/verify/summary.ts';
import type { FileVerdict } from '../../verdict/verify/verdict.ts';

/** What a report says of some files: of their projects, and of the tasks of these. */
export function partOf(
  { leftOut: _, ...report }: RunReport,
  isAsked: (verdict: FileVerdict) => boolean,
): RunReport {
  const verdicts = report.verdicts.filter(isAsked);
  const names = new Set(verdicts.map(({ project }) => project));
  return {
    ...report,
    verdicts,
    totals: totalsOf(verdicts),
    projects: report.projects.filter(({ name }) => names.has(name)),
    nodes: report.nodes.filter(({ projects }) => projects.some((project) => names.has(project))),
  };
}
