import type { Failure } from '../../core/failure.ts';
import { ok, type Result } from '../../core/result.ts';
import type { Host } from '../../host.ts';
import { claim } from '../../store/claim.ts';
import { errnoOf } from '../../store/errno.ts';
import { randomName } from '../../store/handle.ts';
import { layoutOf } from '../../store/layout.ts';
import { openStore } from '../../store/open-store.ts';
import type { Store } from '../../store/store.ts';
import type { StoreMaintenance } from '../../store/upkeep/maintenance.ts';
import { hermeticGitEnvironment } from '../../tool/git/environment.ts';
import { type Isolation, noIsolation, unconfined } from '../../tool/process/isolation.ts';
import type { RunProcess } from '../../tool/process/process.ts';
import { createRunProcess } from '../../tool/process/run-process.ts';
import type { Workspace } from '../../workspace/workspace.ts';
import { openCredentials } from './credentials.ts';
import { remoteGitEnvironment } from './environment.ts';
import { gitOf, isolationOf, searchPath } from './machine.ts';
import { withholding } from './withholding.ts';

/** How processes run on this machine. */
export interface Processes {
  readonly run: RunProcess;
  readonly isolation: Isolation;
  /** The environment of a git that works locally. */
  readonly localGit: Readonly<Record<string, string>>;
  /** The environment of a git that fetches. */
  readonly remoteGit: Readonly<Record<string, string>>;
}

export type OpenProcesses = (workspace: Workspace) => Promise<Result<Processes, Failure>>;

/** Finds out what isolation the machine allows, and how processes are run in it, as the settings have it. */
export async function openProcesses(host: Host, { sandbox }: Pick<Workspace, 'sandbox'>): Promise<Processes> {
  const found = await isolationOf(host);
  const isolation = sandbox.use === 'never' ? { ...found, ...noSandbox } : found;
  return {
    run: withholding(
      createRunProcess({
        isolation,
        now: host.now,
        signal: host.signal,
        credentials: openCredentials(host, sandbox.credentials ?? []),
      }),
      host,
    ),
    isolation,
    localGit: hermeticGitEnvironment(searchPath(host)),
    remoteGit: remoteGitEnvironment(host),
  };
}

const noSandbox = { sandbox: undefined, missing: [unconfined('the settings say so')] };

/** The same for what reads repositories. Errors: those of `gitOf`. */
export async function openGitProcesses(
  host: Host,
  workspace: Pick<Workspace, 'sandbox'>,
): Promise<Result<Processes, Failure>> {
  const version = await gitOf(host);
  return version.ok ? ok(await openProcesses(host, workspace)) : version;
}

/**
 * Makes the cache's folder ours before anything is put beside a store: what has no version then is somebody else's to the next command.
 * What the system has against it is told by who writes there.
 */
export function claimCache({ cache }: Pick<Workspace, 'cache'>, { pid, random }: Host): void {
  try {
    claim(layoutOf(cache), `${pid}-${randomName(random)}`);
  } catch (error) {
    if (errnoOf(error) === undefined) throw error;
  }
}

/**
 * Opens the store of a workspace. The caller closes it. @param isForLooking see `StoreOptions`. Errors: those of `openStore`.
 */
export async function openWorkspaceStore(
  workspace: Workspace,
  host: Host,
  { isForLooking = false } = {},
): Promise<Result<Store & StoreMaintenance, Failure>> {
  const { signal } = host;
  const plain = createRunProcess({ isolation: noIsolation, now: host.now, signal });
  return openStore(workspace.cache, {
    pid: host.pid,
    host: host.hostName,
    now: host.now,
    random: host.random,
    signal,
    isForLooking,
    sync: { run: plain, env: { LC_ALL: 'C', PATH: searchPath(host) } },
  });
}
