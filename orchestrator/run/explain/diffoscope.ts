import { rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { Failure } from '../../core/failure.ts';
import { err, ok, type Result } from '../../core/result.ts';
import type { Host } from '../../host.ts';
import { ensureFolder } from '../../tool/file/ensure-folder.ts';
import { failureOf } from '../../tool/process/command-failure.ts';
import type { RunProcess } from '../../tool/process/process.ts';
import { findProgram } from '../../tool/process/program-path.ts';
import { shownPath } from '../../workspace/shown-path.ts';

/** Of what diffoscope may write, and of the time that it may take: two programs of 100 MB keep it busy for hours. */
const limits = { bytes: 4 * 1024 ** 2, seconds: 300 } as const;

/** The absolute path of diffoscope. Errors: `missing-program`. */
export async function findDiffoscope(host: Host): Promise<Result<string, Failure>> {
  const program = await findProgram('diffoscope', host.env['PATH'] ?? '', host.cwd);
  if (program !== undefined) return ok(program);
  const help = 'Install it (https://diffoscope.org), or leave --diffoscope out.';
  return err({ reason: 'missing-program', program: 'diffoscope', help });
}

/**
 * Has diffoscope write what two files differ in, and gives a sentence that says where it stands.
 * Errors: `missing-program`, `command-failed`, `aborted`.
 * @param report where it goes: an absolute path, overwritten.
 */
export async function runDiffoscope(
  files: { readonly built: string; readonly published: string },
  report: string,
  run: RunProcess,
  host: Host,
): Promise<Result<string, Failure>> {
  const path = host.env['PATH'] ?? '';
  const found = await findDiffoscope(host);
  if (!found.ok) return found;
  const program = found.value;
  ensureFolder(dirname(report));
  await rm(report, { force: true });
  const command = {
    program,
    args: [
      ...['--no-progress', '--text', report, '--max-text-report-size', String(limits.bytes)],
      ...['--timeout', String(limits.seconds), files.built, files.published],
    ],
    cwd: dirname(report),
    env: { LC_ALL: 'C.UTF-8', PATH: path, HOME: dirname(report) },
    network: 'none' as const,
    signal: AbortSignal.any([host.signal, AbortSignal.timeout(2 * limits.seconds * 1000)]),
  };
  const outcome = await run(command);
  // 1: they differ. 0 would mean that they do not.
  if (outcome.exitCode === 1) return ok(`diffoscope's own account is in ${shownPath(report, host.cwd)}.`);
  if (outcome.aborted && !host.signal.aborted) return ok('diffoscope took too long and was stopped.');
  return err(failureOf(command, outcome));
}
