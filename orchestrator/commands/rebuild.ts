import type { Lock } from '../config/lock.ts';
import { exitCode } from '../core/exit-code.ts';
import type { Failure } from '../core/failure.ts';
import { ok, type Result } from '../core/result.ts';
import type { Host } from '../host.ts';
import type { RunReport } from '../report/run-report.ts';
import type { Store } from '../store/store.ts';
import { exitCodeFor } from '../verify/summary.ts';
import { once } from '../wiring/once.ts';
import { openGitProcesses } from '../wiring/tools.ts';
import { overlayFileOf } from '../workspace/overlay.ts';
import { shownPath } from '../workspace/shown-path.ts';
import { describeRun } from './describe-run.ts';
import type { ExplainRequest } from './explain-request.ts';
import { explainVerdicts } from './explain-verdicts.ts';
import { judge } from './judge.ts';
import { capacitiesOf } from './limits.ts';
import { openRun } from './open-run.ts';
import { type Prepared, type PrepareOptions, prepare } from './prepare.ts';
import { chooseReporter, type LogStyle, type Reporter } from './reporter.ts';
import { packageVersion } from './version.ts';
import { writeReport } from './write-report.ts';

/** Options of the commands that run builds. */
export interface RebuildOptions extends PrepareOptions {
  readonly jobs?: string;
  readonly failFast?: boolean;
  readonly fresh?: boolean;
  readonly recheck?: boolean;
  readonly log: LogStyle;
  readonly report?: string;
  /** Looks for the cause of what differs. */
  readonly explain?: ExplainRequest;
}

/** A run that came to its end, while its store is still open. */
export interface Rebuilt {
  readonly prepared: Prepared;
  readonly lock: Lock;
  readonly store: Store;
  readonly report: RunReport;
}

/**
 * Rebuilds what is selected of a release, compares it, and reports. Gives the exit code.
 * @param use is called with the result before the store is closed.
 * Errors: whatever kept the run from starting.
 */
export async function rebuild(
  release: string,
  options: RebuildOptions,
  host: Host,
  use: (rebuilt: Rebuilt) => Promise<Result<void, Failure>> = async () => ok(undefined),
): Promise<Result<number, Failure>> {
  const started = host.now();
  const opened = once(() => openGitProcesses(host));
  const prepared = await prepare(release, options, host, opened);
  if (!prepared.ok) return prepared;
  const { workspace, plan } = prepared.value;
  const sound = options.explain?.check(prepared.value.lock) ?? ok(undefined);
  if (!sound.ok) return sound;
  const capacities = capacitiesOf(workspace, options.jobs);
  if (!capacities.ok) return capacities;
  const processes = await opened();
  if (!processes.ok) return processes;
  const run = await openRun(workspace, processes.value, capacities.value, options, host);
  if (!run.ok) return run;
  const { store } = run.value;
  try {
    const reporter = await chooseReporter(options.log, host);
    const outcomes = await run.value.run(plan.graph, reporter.onEvent).finally(() => reporter.close());
    const { isSelected } = prepared.value.selection;
    const judged = await judge({ plan, outcomes, store, isSelected });
    if (!judged.ok) return judged;
    const verdicts = await explainVerdicts(
      judged.value,
      prepared.value,
      { opened: run.value, outcomes, processes: processes.value },
      options.explain,
      host,
    );
    if (!verdicts.ok) return verdicts;
    const interrupted = host.signal.aborted;
    const report = describeRun({
      ...prepared.value,
      version: await packageVersion(host.packageFolder),
      overlayFile: shownPath(overlayFileOf(workspace, prepared.value.lock.release), host.cwd),
      started,
      finished: host.now(),
      exitCode: interrupted ? exitCode.interrupted : exitCodeFor(verdicts.value, interrupted),
      interrupted,
      outcomes,
      verdicts: verdicts.value,
    });
    return await conclude(
      { prepared: prepared.value, lock: prepared.value.lock, store, report },
      reporter,
      options,
      host,
      use,
    );
  } finally {
    await run.value.close();
  }
}

async function conclude(
  rebuilt: Rebuilt,
  reporter: Reporter,
  options: RebuildOptions,
  host: Host,
  use: (rebuilt: Rebuilt) => Promise<Result<void, Failure>>,
): Promise<Result<number, Failure>> {
  await reporter.finish(rebuilt.report);
  const written = await writeReport(rebuilt.report, options.report, rebuilt.prepared.workspace, host);
  if (!written.ok) return written;
  const used = await use(rebuilt);
  return used.ok ? ok(rebuilt.report.exitCode) : used;
}
