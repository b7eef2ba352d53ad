import { join } from 'node:path';
import type { Failure } from '../../core/failure.ts';
import { isPlatform } from '../../core/platform.ts';
import { err, ok, type Result } from '../../core/result.ts';
import type { Tasks } from '../../engine/key.ts';
import type { Host } from '../../host.ts';
import type { BuildNode } from '../../plan/node.ts';
import type { Store } from '../../store/store.ts';
import { createBaseRootTask } from '../../task/base/root.ts';
import { createRpmsTask } from '../../task/base/rpms.ts';
import { createCBuildTask } from '../../task/c/build.ts';
import { createGoBuildTask } from '../../task/go/build.ts';
import { createModulesTask } from '../../task/go/modules.ts';
import { createBaseImageTask } from '../../task/image/base-image.ts';
import { createImageTask } from '../../task/image/image.ts';
import { imageIndexTask } from '../../task/image/image-index.ts';
import { createLicenseClassifier } from '../../task/licenses/classifier.ts';
import { createLicensesTask } from '../../task/licenses/licenses.ts';
import { rememberLicenses } from '../../task/licenses/memory.ts';
import { createScriptBuildTask } from '../../task/script/build.ts';
import { createCheckoutTask } from '../../task/source/checkout.ts';
import { createSourceTask } from '../../task/source/source.ts';
import { createToolchainTask } from '../../task/toolchain/toolchain.ts';
import { createFleet } from '../../tool/buildkit/fleet.ts';
import { findHostGo } from '../../tool/go/go.ts';
import { whyNoMounts } from '../../tool/process/mount.ts';
import { findProgram } from '../../tool/process/program-path.ts';
import type { Workspace } from '../../workspace/workspace.ts';
import { fetchEnvironment } from './environment.ts';
import { openHttp } from './http.ts';
import { searchPath } from './machine.ts';
import { once } from './once.ts';
import { openRegistries } from './registries.ts';
import { openClones, type Processes } from './tools.ts';

export interface TaskSettings {
  /** Go's build cache: an absolute path. */
  readonly buildCache: string;
  /** Whether caches of BuildKit are left alone. */
  readonly isFresh: boolean;
}

/** The composition of all tasks. Errors: `missing-program` where there is no git. */
export async function openTasks(
  workspace: Workspace,
  processes: Processes,
  store: Store,
  host: Host,
  { buildCache, isFresh }: TaskSettings,
): Promise<Result<Tasks<BuildNode>, Failure>> {
  const program = await findProgram('git', searchPath(host), host.cwd);
  if (program === undefined) {
    const help = 'Install git: all sources are read through it.';
    return err({ reason: 'missing-program', program: 'git', help });
  }
  const git = { program, env: processes.localGit };
  const fetching = fetchEnvironment(host.env);
  const hostGo = once(() => findHostGo(processes.run, fetching, host.packageFolder));
  const registries = openRegistries(workspace, processes.run, host, { pushes: false });
  return ok(
    composeTasks(host, {
      ...{ git, buildCache, hostGo, fetchEnvironment: fetching },
      links: {
        folder: join(workspace.cache, 'links'),
        withLock: store.withLock,
        whyNoMounts: once(() => whyNoMounts(processes.run, searchPath(host), workspace.cache)),
      },
      clones: openClones(workspace, processes, store),
      base: { mirrors: workspace.mirrors, open: (name) => registries.open(name) },
      classifier: rememberLicenses(
        createLicenseClassifier({
          packageFolder: host.packageFolder,
          folder: join(workspace.cache, 'inspect', 'licenses'),
          hostGo,
          fetchEnvironment: fetching,
          run: processes.run,
        }),
      ),
      fleet: createFleet({
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
      }),
    }),
  );
}

/** Tasks that say what their keys depend on, and are never run. */
export function openPlanningTasks(host: Host): Tasks<BuildNode> {
  const never = () => {
    throw new Error('a plan runs nothing');
  };
  return composeTasks(host, {
    ...{ git: { program: '', env: {} }, buildCache: '', hostGo: never, fetchEnvironment: {} },
    clones: { ensure: never, update: never },
    base: { mirrors: {}, open: never },
    classifier: { identify: never },
    fleet: { build: never, secrets: [] },
  });
}

interface Parts {
  readonly git: Parameters<typeof createGoBuildTask>[0]['git'];
  readonly buildCache: string;
  readonly hostGo: Parameters<typeof createModulesTask>[0]['hostGo'];
  readonly fetchEnvironment: Readonly<Record<string, string>>;
  readonly clones: Parameters<typeof createSourceTask>[0]['clones'];
  readonly base: Parameters<typeof createBaseImageTask>[0];
  readonly classifier: Parameters<typeof createLicensesTask>[0]['classifier'];
  readonly fleet: Parameters<typeof createImageTask>[0]['fleet'];
  readonly links?: NonNullable<Parameters<typeof createGoBuildTask>[0]['links']>;
}

function composeTasks(host: Host, parts: Parts): Tasks<BuildNode> {
  if (!isPlatform(host.platform)) throw new TypeError(`not a platform: ${host.platform}`);
  const { git, buildCache, hostGo, fetchEnvironment: fetching, clones, base, classifier, fleet } = parts;
  return {
    toolchain: createToolchainTask({
      ...{ host: host.platform, hostGo, fetchEnvironment: fetching, clones, gitEnv: git.env },
    }),
    source: createSourceTask({ clones, gitEnv: git.env }),
    modules: createModulesTask({ hostGo, fetchEnvironment: fetching, git: git.program }),
    'go-build': createGoBuildTask({
      buildCache,
      git,
      ...(parts.links === undefined ? {} : { links: parts.links }),
    }),
    'script-build': createScriptBuildTask({ gitEnv: git.env, searchPath: searchPath(host) }),
    'c-build': createCBuildTask({ fleet }),
    'base-image': createBaseImageTask(base),
    licenses: createLicensesTask({ classifier, git, buildCache }),
    image: createImageTask({ fleet }),
    'image-index': imageIndexTask,
    rpms: createRpmsTask({ mirrors: base.mirrors, send: openHttp(host) }),
    'base-root': createBaseRootTask({ fleet }),
    checkout: createCheckoutTask({ clones, gitEnv: git.env }),
  };
}
