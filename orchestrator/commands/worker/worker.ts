import { resolve } from 'node:path';
import { defined } from '../../core/defined.ts';
import { isDigest } from '../../core/digest.ts';
import { exitCode, exitCodeOf } from '../../core/exit-code.ts';
import type { Failure } from '../../core/failure.ts';
import { err, ok, type Result } from '../../core/result.ts';
import { doDocument } from '../../engine/kubernetes/do-document.ts';
import type { JobDocument } from '../../engine/kubernetes/document.ts';
import { type PodLine, writePodLine } from '../../engine/kubernetes/pod-lines.ts';
import type { Host } from '../../host.ts';
import type { BuildNode } from '../../plan/node.ts';
import { readAsked } from '../../run/cluster/read-asked.ts';
import { capacitiesOf } from '../../run/prepare/limits.ts';
import { openRun } from '../../run/prepare/open-run.ts';
import { openGitProcesses } from '../../run/wiring/tools.ts';
import { factsOf } from '../../task/kinds.ts';
import { type GlobalOptions, openWorkspace, type Workspace } from '../../workspace/workspace.ts';

interface WorkerOptions extends GlobalOptions {
  readonly store: string;
  readonly region?: string;
  readonly endpoint?: string;
  readonly expectedOwner?: string;
}

type Tell = (line: PodLine) => void;

/**
 * `eksd-rebuild worker DIGEST --store PLACE`: does what a document asks for that lies in a shared store, over that store, as this
 * machine does its own tasks, and tells of it line by line (`engine/kubernetes/pod-lines.ts`). What failed is told, and no failure of
 * its own: the exit code is that of what kept it from beginning.
 */
export async function worker(document: string, options: WorkerOptions, host: Host): Promise<number> {
  const tell: Tell = (line) => host.stdout.write(writePodLine(line));
  const done = await work(document, options, tell, host);
  if (host.signal.aborted) return exitCode.interrupted;
  tell({ type: 'ended', ...(done.ok ? {} : { failure: done.error }) });
  return done.ok ? exitCode.identical : exitCodeOf(done.error.reason);
}

async function work(
  document: string,
  options: WorkerOptions,
  tell: Tell,
  host: Host,
): Promise<Result<void, Failure>> {
  if (!isDigest(document)) {
    const message = `${JSON.stringify(document)} is no SHA-256.`;
    return err({ reason: 'usage', message, help: 'It is what "--on kubernetes" calls a document.' });
  }
  const opened = await openWorkspace(options, host);
  if (!opened.ok) return opened;
  const there = withStore(opened.value, options, host);
  const read = await readAsked(document, there, host);
  if (!read.ok) return read;
  const workspace = workspaceFor(read.value, there);
  const processes = await openGitProcesses(host, workspace);
  if (!processes.ok) return processes;
  const limits = capacitiesOf(workspace, undefined);
  if (!limits.ok) return limits;
  const fresh = read.value.settings.fresh !== undefined;
  const run = await openRun(workspace, processes.value, limits.value, { fresh }, host);
  if (!run.ok) return run;
  try {
    tell({ type: 'began', version: host.version, missing: processes.value.isolation.missing });
    const { settle, unsent } = run.value.store;
    // What nobody would find is not made.
    if (settle === undefined || unsent === undefined)
      return err({ reason: 'network', what: `opening ${options.store}`, detail: 'it does not answer' });
    const { refusal } = run.value;
    if (refusal !== undefined) return err(refusal);
    const isRemade = (node: BuildNode) => factsOf(node).isRemade;
    await doDocument(read.value, { run: run.value.run, isRemade, settle, unsent, tell });
    return ok(undefined);
  } finally {
    await run.value.close();
  }
}

/** Where the words say that the shared store is. A folder is meant from here. */
function withStore(workspace: Workspace, options: WorkerOptions, { cwd }: Host): Workspace {
  const { store, region, endpoint, expectedOwner } = options;
  const remote = store.startsWith('s3://') ? store : resolve(cwd, store);
  const s3 = endpoint === undefined ? undefined : { endpoint };
  return { ...workspace, store: { ...workspace.store, ...defined({ remote, region, expectedOwner, s3 }) } };
}

/** The settings of who asks, where deeds go by them. */
function workspaceFor({ settings }: JobDocument<BuildNode>, workspace: Workspace): Workspace {
  const { mirrors, processes, minutes, memory, sandbox } = settings;
  return {
    ...workspace,
    mirrors: { ...workspace.mirrors, ...mirrors },
    limits: { ...workspace.limits, processes, minutes, memoryBytes: memory },
    sandbox: { ...workspace.sandbox, use: sandbox },
  };
}
