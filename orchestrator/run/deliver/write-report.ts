import { dirname, extname, join, resolve } from 'node:path';
import type { Failure } from '../../core/failure.ts';
import type { ReleaseName } from '../../core/names.ts';
import { ok, type Result } from '../../core/result.ts';
import { visibleLines } from '../../core/visible.ts';
import type { Host } from '../../host.ts';
import { reportJson } from '../../report/report-json.ts';
import type { RunReport } from '../../report/run-report.ts';
import { shownPath } from '../../workspace/shown-path.ts';
import { outFolderOf, type Workspace } from '../../workspace/workspace.ts';
import { checkPlace, sizeInPlace, writeWholeFile } from '../../workspace/write-file.ts';
import { findBeside } from './find-beside.ts';

/** Whether a report can be written: `named` as of `writeReport`. Errors: those of `checkPlace`. */
export async function checkReport(
  named: string | undefined,
  workspace: Workspace,
  release: ReleaseName,
  host: Host,
): Promise<Result<void, Failure>> {
  const file = fileOf(named, workspace, release, host);
  const there = await checkPlace(file);
  if (!there.ok) return there;
  const page = await sizeInPlace(pageBeside(file));
  return page.ok ? ok(undefined) : page;
}

function fileOf(named: string | undefined, workspace: Workspace, release: ReleaseName, host: Host): string {
  return named === undefined
    ? join(outFolderOf(workspace, release), 'report.json')
    : resolve(host.cwd, named);
}

/**
 * Writes report.json and, beside it, the same as a page, each whole or not at all, and says where. Errors: those of
 * `writeWholeFile`.
 * @param named `--report`; `<release>/report.json` in the workspace's `out` without it.
 */
export async function writeReport(
  report: RunReport,
  named: string | undefined,
  workspace: Workspace,
  host: Host,
): Promise<Result<void, Failure>> {
  const written = await renewReport(report, named, workspace, host);
  const file = fileOf(named, workspace, report.release.name, host);
  if (written.ok)
    host.stderr.write(`Report: ${shownPath(file, host.cwd)}, ${shownPath(pageBeside(file), host.cwd)}\n`);
  return written;
}

/** The same without a word, once more where something came to lie beside it. Errors: those of `writeWholeFile`. */
export async function renewReport(
  report: RunReport,
  named: string | undefined,
  workspace: Workspace,
  host: Host,
): Promise<Result<void, Failure>> {
  const file = fileOf(named, workspace, report.release.name, host);
  const json = reportJson(report, await findBeside(dirname(file), report));
  const written = await writeWholeFile(file, visibleLines(`${JSON.stringify(json, null, 2)}\n`), host);
  if (!written.ok) return written;
  // What makes pages is loaded when there is one to make.
  const { renderPage } = await import('../../report/page/page.tsx');
  return writeWholeFile(pageBeside(file), renderPage(json), host);
}

/** `x.html` for `x.json`; another name gets the ending, so that the page is never the report itself. */
function pageBeside(file: string): string {
  return `${extname(file) === '.json' ? file.slice(0, -'.json'.length) : file}.html`;
}
