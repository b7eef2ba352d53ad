import { join } from 'node:path';
import type { Failure } from '../core/failure.ts';
import { isPlatform } from '../core/platform.ts';
import { err, ok, type Result } from '../core/result.ts';
import type { Tasks } from '../engine/key.ts';
import type { Host } from '../host.ts';
import type { BuildNode } from '../plan/node.ts';
import type { StoreMaintenance } from '../store/maintenance.ts';
import { openStore } from '../store/open-store.ts';
import type { Store } from '../store/store.ts';
import { createGoBuildTask } from '../task/go-build.ts';
import { createModulesTask } from '../task/modules.ts';
import { createSourceTask } from '../task/source.ts';
import { createToolchainTask } from '../task/toolchain.ts';
import { createGitClones, type GitClones } from '../tool/git-clones.ts';
import { hermeticGitEnvironment, userGitEnvironment } from '../tool/git-environment.ts';
import { findHostGo } from '../tool/go.ts';
import { type Isolation, noIsolation } from '../tool/isolation.ts';
import type { RunProcess } from '../tool/process.ts';
import { findProgram } from '../tool/program-path.ts';
import { createRunProcess } from '../tool/run-process.ts';
import type { Workspace } from '../workspace/workspace.ts';
import { fetchEnvironment } from './environment.ts';
import { gitOf, isolationOf, searchPath } from './machine.ts';
import { once } from './once.ts';

/** How processes run on this machine. */
export interface Processes {
  readonly run: RunProcess;
  readonly isolation: Isolation;
  /** The environment of a git that works locally. */
  readonly localGit: Readonly<Record<string, string>>;
  /** The environment of a git that fetches. */
  readonly remoteGit: Readonly<Record<string, string>>;
}

/** Finds out what isolation the machine allows, and how processes are run in it. */
export async function openProcesses(host: Host): Promise<Processes> {
  const isolation = await isolationOf(host);
  return {
    run: createRunProcess({ isolation, now: host.now }),
    isolation,
    localGit: hermeticGitEnvironment(searchPath(host)),
    remoteGit: userGitEnvironment(host.env),
  };
}

/** The same for what reads repositories. Errors: those of `gitOf`. */
export async function openGitProcesses(host: Host): Promise<Result<Processes, Failure>> {
  const version = await gitOf(host);
  return version.ok ? ok(await openProcesses(host)) : version;
}

/** Opens the store of a workspace. The caller closes it. Errors: those of `openStore`. */
export async function openWorkspaceStore(
  workspace: Workspace,
  host: Host,
): Promise<Result<Store & StoreMaintenance, Failure>> {
  const plain = createRunProcess({ isolation: noIsolation, now: host.now });
  return openStore(workspace.cache, {
    pid: host.pid,
    host: host.hostName,
    now: host.now,
    random: host.random,
    sync: { run: plain, env: { LC_ALL: 'C', PATH: searchPath(host) } },
  });
}

/** The clones of a workspace. @param store lends its locks. */
export function openClones(workspace: Workspace, processes: Processes, store: Store): GitClones {
  return createGitClones({
    folder: join(workspace.cache, 'git'),
    mirrors: workspace.mirrors,
    localEnv: processes.localGit,
    remoteEnv: processes.remoteGit,
    withLock: store.withLock,
  });
}

/**
 * The composition of all tasks. Errors: `missing-program` where there is no git.
 * @param buildCache Go's build cache: an absolute path.
 */
export async function openTasks(
  workspace: Workspace,
  processes: Processes,
  store: Store,
  host: Host,
  buildCache: string,
): Promise<Result<Tasks<BuildNode>, Failure>> {
  const program = await findProgram('git', searchPath(host), host.cwd);
  if (program === undefined) {
    const help = 'Install git: all sources are read through it.';
    return err({ reason: 'missing-program', program: 'git', help });
  }
  if (!isPlatform(host.platform)) throw new TypeError(`not a platform: ${host.platform}`);
  const git = { program, env: processes.localGit };
  const fetching = fetchEnvironment(host.env);
  const hostGo = once(() => findHostGo(processes.run, fetching, host.packageFolder));
  const clones = openClones(workspace, processes, store);
  return ok({
    toolchain: createToolchainTask({
      ...{ host: host.platform, hostGo, fetchEnvironment: fetching },
      ...{ clones, gitEnv: processes.localGit },
    }),
    source: createSourceTask({ clones, gitEnv: processes.localGit }),
    modules: createModulesTask({ hostGo, fetchEnvironment: fetching, git: program }),
    'go-build': createGoBuildTask({ buildCache, git }),
  });
}

/** Tasks that say what their keys depend on, and are never run. */
export function openPlanningTasks(host: Host): Tasks<BuildNode> {
  if (!isPlatform(host.platform)) throw new TypeError(`not a platform: ${host.platform}`);
  const never = () => {
    throw new Error('a plan runs nothing');
  };
  const git = { program: '', env: {} };
  const clones = { ensure: never, update: never };
  return {
    toolchain: createToolchainTask({
      ...{ host: host.platform, hostGo: never, fetchEnvironment: {} },
      ...{ clones, gitEnv: {} },
    }),
    source: createSourceTask({ clones, gitEnv: {} }),
    modules: createModulesTask({ hostGo: never, fetchEnvironment: {}, git: '' }),
    'go-build': createGoBuildTask({ buildCache: '', git }),
  };
}
