import type { Lock } from '../config/lock/lock.ts';
import { defined } from '../core/defined.ts';
import { type ExitCode, exitCode, exitCodeOf, gravest } from '../core/exit-code.ts';
import type { Failure } from '../core/failure.ts';
import { ok, type Result } from '../core/result.ts';
import type { Host } from '../host.ts';
import type { ImageTree } from '../oci/image/image-tree.ts';
import type { ImageReport } from '../report/image-report.ts';
import type { RunReport } from '../report/run-report.ts';
import type { Store } from '../store/store.ts';
import { exitCodeFor } from '../verdict/verify/summary.ts';
import type { FileVerdict } from '../verdict/verify/verdict.ts';
import { overlayFileOf } from '../workspace/overlay.ts';
import { shownPath } from '../workspace/shown-path.ts';
import { chooseReporter, type LogStyle, type Reporter } from './deliver/reporter.ts';
import { writeReport } from './deliver/write-report.ts';
import type { ExplainRequest } from './explain/request.ts';
import { explainVerdicts } from './explain/verdicts.ts';
import { describeImages } from './outcome/describe-images.ts';
import { describeRun } from './outcome/describe-run.ts';
import { judge } from './outcome/judge.ts';
import { packageVersion } from './outcome/version.ts';
import type { ImageOptions } from './prepare/images.ts';
import { capacitiesOf } from './prepare/limits.ts';
import { openRun, type RunSettings } from './prepare/open-run.ts';
import { type Prepared, type PrepareOptions, prepare } from './prepare/prepare.ts';
import { once } from './wiring/once.ts';
import { openGitProcesses } from './wiring/tools.ts';

/** Options of the commands that run builds. */
export interface RebuildOptions extends PrepareOptions, RunSettings {
  readonly jobs?: string;
  readonly log: LogStyle;
  readonly report?: string;
}

/** What a command asks for beside its options. */
interface Asked {
  readonly images?: ImageOptions;
  /** Looks for the cause of what differs. */
  readonly explain?: ExplainRequest;
  /** Is called with the result before the store is closed. */
  readonly use?: (rebuilt: Rebuilt) => Promise<Result<void, Failure>>;
}

/** A run that came to its end, while its store is still open. */
export interface Rebuilt {
  readonly prepared: Prepared;
  readonly lock: Lock;
  readonly store: Store;
  readonly report: RunReport;
  /** The images that were made, by name. */
  readonly images: ReadonlyMap<string, ImageTree>;
}

/**
 * Rebuilds what is selected of a release, compares it, and reports. Gives the exit code.
 * Errors: whatever kept the run from starting, and those of `use`.
 */
export async function rebuild(
  release: string,
  options: RebuildOptions,
  host: Host,
  asked: Asked = {},
): Promise<Result<number, Failure>> {
  const started = host.now();
  const opened = once(() => openGitProcesses(host));
  const prepared = await prepare(release, options, host, { images: asked.images, processes: opened });
  if (!prepared.ok) return prepared;
  const { workspace, plan } = prepared.value;
  const sound = asked.explain?.check(prepared.value.lock) ?? ok(undefined);
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
      asked.explain,
      host,
    );
    if (!verdicts.ok) return verdicts;
    const images = await describeImages(plan, outcomes, verdicts.value, store);
    if (!images.ok) return images;
    const interrupted = host.signal.aborted;
    const report = describeRun({
      ...prepared.value,
      version: await packageVersion(host.packageFolder),
      overlayFile: shownPath(overlayFileOf(workspace, prepared.value.lock.release), host.cwd),
      started,
      finished: host.now(),
      exitCode: interrupted ? exitCode.interrupted : exitCodeOfRun(verdicts.value, images.value.reports),
      interrupted,
      outcomes,
      verdicts: verdicts.value,
      ...defined({ images: asked.images && images.value.reports }),
    });
    return await conclude(
      { prepared: prepared.value, lock: prepared.value.lock, store, report, images: images.value.trees },
      reporter,
      options,
      host,
      asked.use,
    );
  } finally {
    await run.value.close();
  }
}

/** An image that was asked for and not made is a failure, whatever is said of files. */
function exitCodeOfRun(verdicts: readonly FileVerdict[], images: readonly ImageReport[]): ExitCode {
  const failures = images.flatMap(({ failure }) =>
    failure === undefined ? [] : [exitCodeOf(failure.reason)],
  );
  return gravest([exitCodeFor(verdicts), ...failures]);
}

async function conclude(
  rebuilt: Rebuilt,
  reporter: Reporter,
  options: RebuildOptions,
  host: Host,
  use: Asked['use'],
): Promise<Result<number, Failure>> {
  await reporter.finish(rebuilt.report);
  const written = await writeReport(rebuilt.report, options.report, rebuilt.prepared.workspace, host);
  if (!written.ok) return written;
  const used = (await use?.(rebuilt)) ?? ok(undefined);
  return used.ok ? ok(rebuilt.report.exitCode) : used;
}
