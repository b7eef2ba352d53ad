import { join } from 'node:path';
import type { OnEvent, Say } from '../../core/event.ts';
import type { Failure } from '../../core/failure.ts';
import { err, ok, type Result } from '../../core/result.ts';
import type { Execute } from '../../engine/execute.ts';
import { performHere } from '../../engine/local/perform.ts';
import { type Capacities, newResources } from '../../engine/resources.ts';
import { type NodeOutcome, type RunOptions, runGraph } from '../../engine/run.ts';
import { stateOf } from '../../engine/state.ts';
import type { Host } from '../../host.ts';
import type { BuildNode, Graph } from '../../plan/node.ts';
import type { NodeId } from '../../plan/node-base.ts';
import type { Sharing } from '../../store/remote/shared.ts';
import type { Store } from '../../store/store.ts';
import type { StoreMaintenance } from '../../store/upkeep/maintenance.ts';
import type { Workspace } from '../../workspace/workspace.ts';
import type { PlaceElsewhere } from '../cluster/open-place.ts';
import { openShared } from '../shared/open-shared.ts';
import { once } from '../wiring/once.ts';
import { onSoundCache } from '../wiring/sound-cache.ts';
import type { openTaskTools } from '../wiring/task-tools.ts';
import { kindsOn } from '../wiring/tasks.ts';
import { openWorkspaceStore, type Processes } from '../wiring/tools.ts';

export interface RunSettings {
  readonly failFast?: boolean;
  /** Compiles everything again, with an empty build cache. */
  readonly fresh?: boolean;
  /** Hashes what is in the store before it is used. */
  readonly recheck?: boolean;
  /** Runs nothing where a protection of the sandbox is not in force. */
  readonly requireSandbox?: boolean;
  readonly on?: 'local' | 'kubernetes';
}

/** A store that is open, and the tasks that work on it. */
export interface OpenRun {
  readonly store: Store & StoreMaintenance & Partial<Sharing>;
  /** Runs a graph; as often as one likes, several at once too: they share the limits. */
  run(
    graph: Graph<BuildNode>,
    onEvent: OnEvent,
    more?: Pick<RunOptions<BuildNode>, 'onOutcome' | 'isWanted' | 'isReusable'>,
  ): Promise<ReadonlyMap<NodeId, NodeOutcome>>;
  /** Whether files of a node are what a run is about: programs, archives, images. */
  isRead(node: BuildNode): boolean;
  /** What the sandbox lacks, of this machine's and of those of a cluster that told. */
  missing(): readonly string[];
  /** Why nothing can be brought to the shared store, where that was seen when it was opened. */
  readonly refusal?: Failure | undefined;
  /** The nodes that would not come from the store. */
  due(graph: Graph<BuildNode>): Promise<ReadonlyMap<NodeId, BuildNode>>;
  /** What deeds work with; opened when it is first asked for. */
  readonly tools: ReturnType<typeof openTools>;
  /** @param say says what is waited for. */
  close(say?: Say): Promise<void>;
}

/** Opens what a run needs. The caller closes it. Errors: `not-sandboxed`; those of `openWorkspaceStore` and `openShared`. */
export async function openRun(
  workspace: Workspace,
  processes: Processes,
  limits: Capacities,
  settings: RunSettings,
  host: Host,
): Promise<Result<OpenRun, Failure>> {
  const { missing } = processes.isolation;
  const isRequired = settings.requireSandbox === true || workspace.sandbox.use === 'required';
  if (isRequired && missing.length > 0) return err({ reason: 'not-sandboxed', missing });
  const store = await openWorkspaceStore(workspace, host);
  if (!store.ok) return store;
  const shared = await openShared(store.value, workspace, host);
  if (!shared.ok) {
    await store.value.close();
    return shared;
  }
  const opened = await openOn(shared.value.store, workspace, processes, limits, settings, host);
  if (!opened.ok) {
    await shared.value.close();
    await store.value.close();
    return opened;
  }
  const { close } = opened.value;
  return ok({
    ...opened.value,
    refusal: shared.value.refusal,
    async close(say) {
      await shared.value.close(say);
      await close();
    },
  });
}

/** What is all in the store needs none of them. */
function openTools(...[workspace, processes, store, host, settings]: Parameters<typeof openTaskTools>) {
  return once(async () => {
    const { openTaskTools } = await import('../wiring/task-tools.ts');
    return openTaskTools(workspace, processes, store, host, settings);
  });
}

/** What a cluster takes is loaded where one is asked for. Errors: `usage` where no store is shared with it. */
async function openPlace(
  workspace: Workspace,
  store: OpenRun['store'],
  here: Execute<BuildNode>,
  settings: RunSettings,
  host: Host,
): Promise<Result<PlaceElsewhere, Failure>> {
  const { openClusterPlace } = await import('../cluster/open-place.ts');
  return openClusterPlace(workspace, store, here, settings, host);
}

async function openOn(
  store: OpenRun['store'],
  workspace: Workspace,
  processes: Processes,
  limits: Capacities,
  settings: RunSettings,
  host: Host,
): Promise<Result<OpenRun, Failure>> {
  const isFresh = settings.fresh === true;
  /** The build cache that all runs share, or an empty one of this run's own. */
  const buildCache = isFresh ? await store.temporaryFolder() : ok(join(workspace.cache, 'go-build'));
  if (!buildCache.ok) return buildCache;
  const tools = openTools(workspace, processes, store, host, { buildCache: buildCache.value, isFresh });
  const { deed, ...kinds } = kindsOn(host, tools, {
    isFresh,
    isRechecked: settings.recheck === true,
    limits: workspace.limits,
  });
  const perform = performHere<BuildNode>({
    deed,
    store,
    run: onSoundCache(processes.run, buildCache.value, settings.recheck === true),
    isolation: processes.isolation.network,
    clock: host.now,
  });
  const place =
    settings.on === 'kubernetes' ? await openPlace(workspace, store, perform, settings, host) : ok(undefined);
  if (!place.ok) return place;
  const resources = newResources(limits);
  return ok({
    store,
    tools,
    isRead: (node) => kinds.depths.ofResult(node) !== undefined,
    missing: () => [...new Set([...processes.isolation.missing, ...(place.value?.missing() ?? [])])],
    async due(graph) {
      const states = await stateOf(graph, kinds.inputsOf, store);
      const isDue = (node: BuildNode) => states.get(node.id)?.status === 'due' || !kinds.isReusable(node);
      return new Map([...graph.nodes].filter(([, node]) => isDue(node)));
    },
    run: (graph, onEvent, more) =>
      runGraph<BuildNode>({
        graph,
        ...kinds,
        ...(place.value === undefined ? { store, perform } : place.value.on(graph, kinds)),
        ...more,
        limits,
        resources,
        failFast: settings.failFast === true,
        signal: host.signal,
        onEvent,
        clock: host.now,
        random: host.random,
        wait: host.wait,
      }),
    async close() {
      await place.value?.close();
      if (isFresh) await store.removeTemporary(buildCache.value);
      await store.close();
    },
  });
}
