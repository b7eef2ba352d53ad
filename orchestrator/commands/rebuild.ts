import { join } from 'node:path';
import type { Lock } from '../config/lock.ts';
import { exitCode } from '../core/exit-code.ts';
import type { Failure } from '../core/failure.ts';
import { ok, type Result } from '../core/result.ts';
import { runGraph } from '../engine/run.ts';
import type { Host } from '../host.ts';
import type { BuildNode } from '../plan/node.ts';
import type { RunReport } from '../report/run-report.ts';
import type { Store } from '../store/store.ts';
import { exitCodeFor } from '../verify/summary.ts';
import { once } from '../wiring/once.ts';
import { openGitProcesses, openTasks, openWorkspaceStore } from '../wiring/tools.ts';
import type { Workspace } from '../workspace/workspace.ts';
import { describeRun } from './describe-run.ts';
import { judge } from './judge.ts';
import { capacitiesOf, demandOf, weightOf } from './limits.ts';
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
  const capacities = capacitiesOf(workspace, options.jobs);
  if (!capacities.ok) return capacities;
  const store = await openWorkspaceStore(workspace, host);
  if (!store.ok) return store;
  try {
    const buildCache = await buildCacheFor(workspace, store.value, options.fresh === true);
    if (!buildCache.ok) return buildCache;
    const processes = await opened();
    if (!processes.ok) return processes;
    const tasks = await openTasks(workspace, processes.value, store.value, host, buildCache.value);
    if (!tasks.ok) return tasks;
    const reporter = await chooseReporter(options.log, host);
    const outcomes = await runGraph<BuildNode>({
      graph: plan.graph,
      tasks: tasks.value,
      store: store.value,
      run: processes.value.run,
      isolation: processes.value.isolation.network,
      limits: capacities.value,
      demandOf,
      weightOf,
      failFast: options.failFast === true,
      isReusable: (node) => options.fresh !== true || node.kind !== 'go-build',
      recheck: options.recheck === true,
      signal: host.signal,
      onEvent: reporter.onEvent,
      clock: host.now,
      random: host.random,
      wait: host.wait,
    }).finally(() => reporter.close());
    if (options.fresh === true) await store.value.removeTemporary(buildCache.value);
    const verdicts = await judge({
      plan,
      outcomes,
      store: store.value,
      isSelected: prepared.value.selection.isSelected,
    });
    if (!verdicts.ok) return verdicts;
    const interrupted = host.signal.aborted;
    const report = describeRun({
      ...prepared.value,
      version: await packageVersion(host.packageFolder),
      started,
      finished: host.now(),
      exitCode: interrupted ? exitCode.interrupted : exitCodeFor(verdicts.value, interrupted),
      interrupted,
      outcomes,
      verdicts: verdicts.value,
    });
    return await conclude(
      { prepared: prepared.value, lock: prepared.value.lock, store: store.value, report },
      reporter,
      options,
      host,
      use,
    );
  } finally {
    await store.value.close();
  }
}

/** The build cache that all runs share, or an empty one of this run's own. */
async function buildCacheFor(
  workspace: Workspace,
  store: Store,
  isFresh: boolean,
): Promise<Result<string, Failure>> {
  return isFresh ? store.temporaryFolder() : ok(join(workspace.cache, 'go-build'));
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
