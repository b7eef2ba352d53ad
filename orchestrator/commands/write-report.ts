import { join, resolve } from 'node:path';
import type { Failure } from '../core/failure.ts';
import type { Result } from '../core/result.ts';
import type { Host } from '../host.ts';
import { reportJson } from '../report/report-json.ts';
import type { RunReport } from '../report/run-report.ts';
import { shownPath } from '../workspace/shown-path.ts';
import type { Workspace } from '../workspace/workspace.ts';
import { writeWholeFile } from '../workspace/write-file.ts';

/**
 * Writes report.json, whole or not at all, and says where. Errors: those of `writeWholeFile`.
 * @param named `--report`; `<release>/report.json` in the workspace's `out` without it.
 */
export async function writeReport(
  report: RunReport,
  named: string | undefined,
  workspace: Workspace,
  host: Host,
): Promise<Result<void, Failure>> {
  const file =
    named === undefined ? join(workspace.out, report.release.name, 'report.json') : resolve(host.cwd, named);
  const written = await writeWholeFile(file, `${JSON.stringify(reportJson(report), null, 2)}\n`, host);
  if (written.ok) host.stderr.write(`Report: ${shownPath(file, host.cwd)}\n`);
  return written;
}
