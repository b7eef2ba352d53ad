import type { Lock } from '../config/lock/lock.ts';
import { defined } from '../core/defined.ts';
import { describeFailure } from '../core/describe-failure.ts';
import type { Say } from '../core/event.ts';
import { type ExitCode, exitCode, exitCodeOf, gravest } from '../core/exit-code.ts';
import type { Failure } from '../core/failure.ts';
import { err, ok, type Result } from '../core/result.ts';
import type { Host } from '../host.ts';
import type { ImageTree } from '../oci/image/image-tree.ts';
import type { ImageReport } from '../report/image-report.ts';
import type { ChangesReport, RunReport } from '../report/run-report.ts';
import type { Store } from '../store/store.ts';
import type { StoreMaintenance } from '../store/upkeep/maintenance.ts';
import { exitCodeFor } from '../verdict/verify/summary.ts';
import type { FileVerdict } from '../verdict/verify/verdict.ts';
import { overlayFileOf } from '../workspace/overlay.ts';
import { shownPath } from '../workspace/shown-path.ts';
import { chooseReporter, type LogStyle, type Reporter } from './deliver/reporter.ts';
import { checkReport, writeReport } from './deliver/write-report.ts';
import type { ExplainRequest } from './explain/request.ts';
import { explainVerdicts } from './explain/verdicts.ts';
import { describeImages } from './outcome/describe-images.ts';
import { describeRun } from './outcome/describe-run.ts';
import { judge } from './outcome/judge.ts';
import { partOf } from './outcome/part-of-run.ts';
import { packageVersion } from './outcome/version.ts';
import type { AskedImages } from './prepare/images.ts';
import { capacitiesOf } from './prepare/limits.ts';
import type { AskedAhead, checkAhead } from './prepare/look-ahead.ts';
import { openRun, type RunSettings } from './prepare/open-run.ts';
import { type CallRelease, type Prepared, type PrepareOptions, prepare } from './prepare/prepare.ts';
import type { StatedRelease } from './prepare/stated.ts';
import { warnOfDisk } from './prepare/warn-of-disk.ts';
import { type OpenProcesses, openGitProcesses } from './wiring/tools.ts';

/** Options of the commands that run builds. */
export interface RebuildOptions extends PrepareOptions, RunSettings {
  readonly jobs?: string;
  readonly log: LogStyle;
  readonly report?: string;
}

/** What a command asks for beside its options. */
interface Asked {
  readonly images?: AskedImages;
  /** What the release is called, and whether the files of its site are made: those of images where they are asked for too. */
  readonly call?: CallRelease;
  /** The release as a statement has it. */
  readonly stated?: StatedRelease;
  /** What is to be so before anything is run. */
  readonly check?: (prepared: Prepared) => Promise<Result<unknown, Failure>>;
  /** What is to be so before programs are compiled for images. */
  readonly ahead?: AskedAhead;
  /** Where what is said of files is kept: see `recordRun`. */
  readonly records?: string | undefined;
  /** Looks for the cause of what differs. */
  readonly explain?: ExplainRequest;
  /** What is looked at of what was made, where that is less than all of it: the rest of what a cluster made stays in the shared store. */
  readonly reads?: 'programs';
  /** Is called with the result before the store is closed, unless the run was interrupted. */
  readonly use?: (rebuilt: Rebuilt) => Promise<Result<void, Failure>>;
}

/** A run that came to its end, while its store is still open. */
export interface Rebuilt {
  readonly prepared: Prepared;
  readonly lock: Lock;
  readonly store: Store & Pick<StoreMaintenance, 'recheck'>;
  readonly report: RunReport;
  /** The images that were made, by name. */
  readonly images: ReadonlyMap<string, ImageTree>;
  /** Says what goes on from here. */
  readonly say: Say;
}

/**
 * Rebuilds what is selected of a release, compares it, and reports. Gives the exit code. Where `use` finds that the store no
 * longer has what was put into it, all is done once more: what was dropped is made again.
 * Errors: whatever kept the run from starting, and those of `use`.
 */
export async function rebuild(
  release: string,
  options: RebuildOptions,
  host: Host,
  asked: Asked = {},
): Promise<Result<ExitCode, Failure>> {
  const first = await attempt(release, options, host, asked);
  if (!first.ok || first.value.damage === undefined) return first.ok ? ok(first.value.code) : first;
  host.stderr.write(`${describeFailure(first.value.damage)}\nWhat was damaged in the store is made again.\n`);
  const second = await attempt(release, { ...options, fresh: false }, host, asked);
  if (!second.ok) return second;
  return second.value.damage === undefined ? ok(second.value.code) : err(second.value.damage);
}

interface Ended {
  readonly code: ExitCode;
  /** What `use` found to be other than it was said to be, where the store has dropped it since. */
  readonly damage?: Failure;
}

async function attempt(
  release: string,
  options: RebuildOptions,
  host: Host,
  asked: Asked,
): Promise<Result<Ended, Failure>> {
  const reporter = await chooseReporter(options.log, host);
  return await attemptTold(release, options, host, asked, reporter).finally(() => reporter.say(''));
}

async function attemptTold(
  release: string,
  options: RebuildOptions,
  host: Host,
  asked: Asked,
  reporter: Reporter,
): Promise<Result<Ended, Failure>> {
  const started = host.now();
  const { say } = reporter;
  let opening: ReturnType<typeof openGitProcesses> | undefined;
  const opened: OpenProcesses = (workspace) => {
    opening ??= openGitProcesses(host, workspace);
    return opening;
  };
  const { images: wanted, call, stated } = asked;
  const beside = { images: wanted, call, stated, processes: opened, say };
  const prepared = await prepare(release, options, host, beside);
  if (!prepared.ok) return prepared;
  const { workspace, plan, lock } = prepared.value;
  const checked = (await asked.check?.(prepared.value)) ?? ok(undefined);
  if (!checked.ok) return checked;
  const published = (await asked.explain?.check(prepared.value)) ?? ok(undefined);
  if (!published.ok) return published;
  const place = await checkReport(options.report, workspace, lock.release, host);
  if (!place.ok) return place;
  const recorded = await checkRecords(asked, host);
  if (!recorded.ok) return recorded;
  const capacities = capacitiesOf(workspace, options.jobs);
  if (!capacities.ok) return capacities;
  const processes = await opened(workspace);
  if (!processes.ok) return processes;
  const run = await openRun(workspace, processes.value, capacities.value, options, host);
  if (!run.ok) return run;
  const { store } = run.value;
  try {
    await warnOfDisk(workspace, host);
    const ready =
      asked.images &&
      (await checkImages(prepared.value, run.value, asked.ahead, { processes: processes.value, say, host }));
    if (ready?.ok === false) return ready;
    const lazily = asked.reads === 'programs' ? { isWanted: run.value.isRead } : {};
    const begun = host.now();
    const outcomes = await run.value
      .run(plan.graph, reporter.onEvent, lazily)
      .finally(() => reporter.close());
    const { isSelected } = prepared.value.selection;
    const judged = await judge({ plan, outcomes, store, isSelected });
    const verdicts = await explainVerdicts(
      judged,
      prepared.value,
      { opened: run.value, outcomes, processes: processes.value, say },
      asked.explain && { ...asked.explain, ...defined({ published: published.value }) },
      host,
    );
    if (!verdicts.ok) return verdicts;
    const images = await describeImages(plan, outcomes, verdicts.value, store);
    const interrupted = host.signal.aborted;
    // What a statement has is a part of a release, and all that there is of it.
    const isWhole = !interrupted && asked.stated === undefined;
    const changes = isWhole ? await changesOf(prepared.value, options, host) : undefined;
    const report = describeRun({
      ...prepared.value,
      asked: { projects: options.project ?? [], platforms: options.platform ?? [] },
      version: await packageVersion(host.packageFolder),
      overlayFile: shownPath(overlayFileOf(workspace, lock.release), host.cwd),
      started,
      begun,
      finished: host.now(),
      exitCode: interrupted
        ? exitCode.interrupted
        : exitCodeOfRun(verdicts.value.filter(asked.explain?.isAsked ?? (() => true)), images.reports, asked),
      interrupted,
      outcomes,
      missing: run.value.missing(),
      verdicts: verdicts.value,
      ...defined({ images: asked.images && images.reports, changes }),
    });
    return await conclude(
      { prepared: prepared.value, lock, store, report, images: images.trees, say },
      reporter,
      options,
      host,
      asked,
    );
  } finally {
    await run.value.close(say);
  }
}

/** Of a whole release alone. What is wrong with another one's lock is not this run's trouble. */
async function changesOf(
  prepared: Prepared,
  options: RebuildOptions,
  host: Host,
): Promise<ChangesReport | undefined> {
  if (prepared.selection.projects.length < Object.keys(prepared.lock.projects).length) return undefined;
  const { changesReport } = await import('./difference/changes-report.ts');
  const changes = await changesReport(prepared, options, host);
  return changes.ok ? changes.value : undefined;
}

/** An image that was asked for and not made is a failure, whatever is said of files. */
function exitCodeOfRun(
  verdicts: readonly FileVerdict[],
  images: readonly ImageReport[],
  { use, explain }: Asked,
): ExitCode {
  const compares = use === undefined || explain !== undefined;
  const failures = images.flatMap(({ failure }) =>
    failure === undefined ? [] : [exitCodeOf(failure.reason)],
  );
  return gravest([exitCodeFor(verdicts, { compares }), ...failures]);
}

/** What knows records is loaded where they are kept. */
async function checkRecords({ records }: Asked, host: Host): Promise<Result<void, Failure>> {
  if (records === undefined) return ok(undefined);
  const { checkRecording } = await import('./audit/record-run.ts');
  return checkRecording(records, host);
}

/** What registries and builders are asked by is loaded where there are images. */
async function checkImages(...asked: Parameters<typeof checkAhead>): ReturnType<typeof checkAhead> {
  const { checkAhead } = await import('./prepare/look-ahead.ts');
  return checkAhead(...asked);
}

async function conclude(
  rebuilt: Rebuilt,
  reporter: Reporter,
  options: RebuildOptions,
  host: Host,
  { explain, records, use }: Asked,
): Promise<Result<Ended, Failure>> {
  const { report } = rebuilt;
  await reporter.finish(report, explain?.isPart() === true ? partOf(report, explain.isAsked) : undefined);
  const written = await writeReport(rebuilt.report, options.report, rebuilt.prepared.workspace, host);
  if (!written.ok) return written;
  if (records !== undefined) {
    const { recordRun } = await import('./audit/record-run.ts');
    const { name, version } = report.tool;
    const about = { folder: records, by: `${name} ${version}` };
    const recorded = await recordRun(rebuilt.prepared, report.verdicts, about, host);
    if (!recorded.ok) return recorded;
  }
  const used = (host.signal.aborted ? undefined : await use?.(rebuilt)) ?? ok(undefined);
  rebuilt.say('');
  if (used.ok) return ok({ code: rebuilt.report.exitCode });
  return (await hasDropped(rebuilt, used.error)) ? ok({ code: 0, damage: used.error }) : used;
}

/** Whether a failure comes of trees that are not what was put into the store. Those are gone from there then. */
async function hasDropped({ report, store }: Rebuilt, { reason }: Failure): Promise<boolean> {
  if (reason !== 'store-damaged' && reason !== 'digest-mismatch') return false;
  let hasAny = false;
  for (const { tree } of report.nodes) {
    const damage = tree === undefined ? undefined : await store.recheck(tree, 'content');
    if (damage?.ok === true && damage.value.length > 0) hasAny = true;
  }
  return hasAny;
}
