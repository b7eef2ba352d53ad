import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Failure } from '../../core/failure.ts';
import { err, ok, type Result } from '../../core/result.ts';
import type { Host } from '../../host.ts';
import type { Store } from '../../store/store.ts';
import { createLicenseClassifier } from '../../task/licenses/classifier.ts';
import { rememberLicenses } from '../../task/licenses/memory.ts';
import type { Tools } from '../../task/tools.ts';
import { createFleet } from '../../tool/buildkit/fleet.ts';
import { findHostGo } from '../../tool/go/go.ts';
import { whyNoMounts } from '../../tool/process/mount.ts';
import { findProgram } from '../../tool/process/program-path.ts';
import type { Workspace } from '../../workspace/workspace.ts';
import { openClones } from './clones.ts';
import { fetchEnvironment } from './environment.ts';
import { openHttp } from './http.ts';
import { searchPath } from './machine.ts';
import { once } from './once.ts';
import { openRegistries } from './registries.ts';
import { platformOf } from './tasks.ts';
import type { Processes } from './tools.ts';

export interface TaskSettings {
  /** Go's build cache: an absolute path. */
  readonly buildCache: string;
  /** Whether caches of BuildKit are left alone. */
  readonly isFresh: boolean;
}

/** What all deeds work with on this machine. Errors: `missing-program` where there is no git. */
export async function openTaskTools(
  workspace: Workspace,
  processes: Processes,
  store: Store,
  host: Host,
  { buildCache, isFresh }: TaskSettings,
): Promise<Result<Tools, Failure>> {
  const program = await findProgram('git', searchPath(host), host.cwd);
  if (program === undefined) {
    const help = 'Install git: all sources are read through it.';
    return err({ reason: 'missing-program', program: 'git', help });
  }
  // What a sandbox shows has to be there.
  await mkdir(buildCache, { recursive: true });
  const fetching = fetchEnvironment(host);
  const hostGo = once(() => findHostGo(processes.run, fetching, host.packageFolder));
  const registries = openRegistries(workspace, processes.run, host, { pushes: false });
  const classifier = createLicenseClassifier({
    packageFolder: host.packageFolder,
    folder: join(workspace.cache, 'inspect', 'licenses'),
    hostGo,
    fetchEnvironment: fetching,
    run: processes.run,
  });
  const fleet = createFleet({
    builders: workspace.builders,
    caches: {
      from: workspace.images.cacheFrom ?? [],
      to: workspace.images.cacheTo ?? [],
      isOff: isFresh,
    },
    environment: host.env,
    run: processes.run,
    cwd: workspace.cache,
    now: host.now,
  });
  return ok({
    ...{ host: platformOf(host), searchPath: searchPath(host), hostGo, buildCache, fleet },
    ...{ git: { program, env: processes.localGit }, gitEnv: processes.localGit, fetchEnvironment: fetching },
    ...{ mirrors: workspace.mirrors, open: (name) => registries.open(name), send: openHttp(host) },
    clones: openClones(workspace, processes, store),
    classifier: rememberLicenses(classifier),
    links: {
      folder: join(workspace.cache, 'links'),
      withLock: store.withLock,
      whyNoMounts: once(async () =>
        processes.isolation.sandbox === undefined
          ? whyNoMounts(processes.run, searchPath(host), workspace.cache)
          : undefined,
      ),
    },
  });
}
