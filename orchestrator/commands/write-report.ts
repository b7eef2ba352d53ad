import { mkdir, rename, writeFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import type { Failure } from '../core/failure.ts';
import { ok, type Result } from '../core/result.ts';
import type { Host } from '../host.ts';
import { reportJson } from '../report/report-json.ts';
import type { RunReport } from '../report/run-report.ts';
import { guarded } from '../store/errno.ts';
import { shownPath } from './shown-path.ts';
import type { Workspace } from './workspace.ts';

/**
 * Writes report.json, whole or not at all, and says where. Errors: `read-only`, `disk-full`.
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
  return guarded(file, async () => {
    await mkdir(dirname(file), { recursive: true });
    const draft = `${file}.${host.pid}`;
    await writeFile(draft, `${JSON.stringify(reportJson(report), null, 2)}\n`);
    await rename(draft, file);
    host.stderr.write(`Report: ${shownPath(file, host.cwd)}\n`);
    return ok(undefined);
  });
}
