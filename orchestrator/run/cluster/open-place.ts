import type { KubernetesSettings } from '../../config/settings/kubernetes.ts';
import { defined } from '../../core/defined.ts';
import type { Failure } from '../../core/failure.ts';
import { err, ok, type Result } from '../../core/result.ts';
import type { EngineStore, Execute } from '../../engine/execute.ts';
import type { WorkerSettings } from '../../engine/kubernetes/document.ts';
import type { PodOptions } from '../../engine/kubernetes/job.ts';
import { type ClusterPlace, clusterPlace } from '../../engine/kubernetes/place.ts';
import type { RunOptions } from '../../engine/run.ts';
import type { Host } from '../../host.ts';
import type { BuildNode, Graph } from '../../plan/node.ts';
import { putDocument } from '../../store/remote/documents.ts';
import type { Sharing } from '../../store/remote/shared.ts';
import { factsOf } from '../../task/kinds.ts';
import { openCluster } from '../../tool/kubernetes/open-cluster.ts';
import { openConfig } from '../../tool/kubernetes/open-config.ts';
import type { Workspace } from '../../workspace/workspace.ts';
import { openRemotePlace } from '../shared/place.ts';
import { platformOf } from '../wiring/tasks.ts';
import { isDoneHere } from './done-here.ts';
import { bytesOf } from './quantity.ts';

/** Where deeds are done that are bound to no machine: how a graph is run then. */
export interface PlaceElsewhere extends Pick<ClusterPlace<BuildNode>, 'missing' | 'close'> {
  on(
    graph: Graph<BuildNode>,
    kinds: Pick<RunOptions<BuildNode>, 'demandOf' | 'depths'>,
  ): Pick<RunOptions<BuildNode>, 'store' | 'perform' | 'demandOf' | 'depths'>;
}

/** What a pod asks for where nothing is said. */
const usualRequests = { cpu: '1', memory: '4Gi' };

/** Pods at once. */
export const usualParallelism = 16;

/** How many of a chain's tasks follow one another in a Job that takes the longest that it may. */
const tasksInJob = 8;

/** The settings' cluster as a place where deeds are done. Errors: `usage` where they do not say enough; those of `openRemotePlace`. */
export async function openClusterPlace(
  workspace: Workspace,
  store: EngineStore & Partial<Sharing>,
  here: Execute<BuildNode>,
  {
    fresh = false,
    requireSandbox: isRequired = false,
  }: { readonly fresh?: boolean; readonly requireSandbox?: boolean },
  host: Host,
): Promise<Result<PlaceElsewhere, Failure>> {
  const { kubernetes } = workspace;
  const place = await openRemotePlace(workspace.store, host);
  if (!place.ok) return place;
  const { value: shared } = place;
  const { settle } = store;
  if (shared !== undefined && settle === undefined) {
    return err({
      reason: 'network',
      what: `opening ${shared.shown}`,
      detail: 'pods would have nothing to share',
    });
  }
  if (shared === undefined || settle === undefined || workspace.store.write === false) {
    return lacking(
      '--on kubernetes',
      'store.remote',
      'A store that pods and this machine share: s3://BUCKET/PREFIX, or a folder that is in kubernetes.volumes.',
    );
  }
  const pods = podsOf('--on kubernetes', workspace, host);
  if (!pods.ok) return pods;
  const opened = openConfig(kubernetes, host);
  if (!opened.ok) return opened;
  const isHere = isDoneHere(workspace, foldersOf(kubernetes));
  const cluster = clusterPlace<BuildNode>({
    cluster: openCluster(opened.value),
    pods: pods.value,
    settings: {
      ...settingsOf(workspace, pods.value),
      ...(isRequired ? { sandbox: 'required' } : {}),
      // What another run has had made again, or is having made, is none of this one's.
      ...(fresh ? { fresh: String(host.random()) } : {}),
    },
    parallelism: kubernetes.parallelism ?? usualParallelism,
    ...{ isHere, here, store, settle },
    isFetching: (node) => factsOf(node).network !== 'none',
    put: (document) => putDocument(shared, document),
    ...{ clock: host.now, wait: host.wait },
  });
  return ok({
    ...cluster,
    on: (graph, { demandOf, depths }) => ({
      ...cluster.on(graph),
      // Pods have limits of their own, and look at what they need themselves.
      demandOf: (node) => (isHere(node) ? demandOf(node) : {}),
      depths: { ...depths, ofNeeds: (node) => (isHere(node) ? depths.ofNeeds(node) : undefined) },
    }),
  });
}

/** Words of `worker` that say where the shared store is. */
function wordsOf({ store }: Workspace): readonly string[] {
  const { remote = '', region, s3, expectedOwner } = store;
  const words = {
    '--store': remote,
    '--region': region,
    '--endpoint': s3?.endpoint,
    '--expected-owner': expectedOwner,
  };
  return Object.entries(defined(words)).flat();
}

/** Folders that pods see at the path that they have here. */
export function foldersOf({ volumes = [] }: KubernetesSettings): readonly string[] {
  return volumes
    .filter(({ at, hostPath, claim }) => claim !== undefined || hostPath === at)
    .map(({ at }) => at);
}

/** What workers go by. */
export function settingsOf(
  { mirrors, limits, sandbox }: Workspace,
  { requests }: PodOptions,
): WorkerSettings {
  const { processes, minutes } = limits;
  const memory = bytesOf(requests.memory);
  return { mirrors, processes, minutes, memory, sandbox: sandbox.use ?? 'where-possible' };
}

/** The pods of workers. @param option what takes them, for the complaint. Errors: `usage` where the settings do not say enough. */
export function podsOf(option: string, workspace: Workspace, host: Host): Result<PodOptions, Failure> {
  const { kubernetes, limits } = workspace;
  const words = wordsOf(workspace);
  const { image, requests, nodeSelectors, isolation = 'namespace', storeAddresses = [] } = kubernetes;
  if (image === undefined)
    return lacking(option, 'kubernetes.image', 'The image of this program, with git and Go.');
  const { sign, trust } = workspace.store;
  if (sign !== undefined || trust !== undefined) {
    const setting = sign === undefined ? 'store.trust' : 'store.sign';
    const message = `"${option}" does not go with ${setting} of the settings: pods sign nothing, so what they bring would count for nothing.`;
    return err({
      reason: 'usage',
      message,
      help: 'Give pods a shared store of their own, that only they and you write to.',
    });
  }
  if (
    isolation === 'policy' &&
    words.some((word) => word.startsWith('s3://')) &&
    storeAddresses.length === 0
  ) {
    return lacking(
      option,
      'kubernetes.storeAddresses',
      'What pods reach the shared store at, where they have no network else.',
    );
  }
  const platform = platformOf(host);
  return ok({
    ...kubernetes,
    ...{ image, platform, isolation, words },
    nodeSelector: nodeSelectors?.[platform],
    requests: { ...usualRequests, ...defined(requests ?? {}) },
    longest: limits.minutes * 60 * tasksInJob,
  });
}

export function lacking(option: string, setting: string, what: string): Result<never, Failure> {
  return err({ reason: 'usage', message: `"${option}" takes ${setting} of the settings.`, help: what });
}
