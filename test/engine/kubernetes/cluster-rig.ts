import { setTimeout } from 'node:timers/promises';
import { defined } from '../../../orchestrator/core/defined.ts';
import { type Digest, digestOf } from '../../../orchestrator/core/digest.ts';
import type { Failure } from '../../../orchestrator/core/failure.ts';
import { ok } from '../../../orchestrator/core/result.ts';
import type { Patience } from '../../../orchestrator/engine/kubernetes/attend.ts';
import { doDocument } from '../../../orchestrator/engine/kubernetes/do-document.ts';
import { readDocument } from '../../../orchestrator/engine/kubernetes/document.ts';
import { type ClusterPlace, clusterPlace } from '../../../orchestrator/engine/kubernetes/place.ts';
import { type PodLine, writePodLine } from '../../../orchestrator/engine/kubernetes/pod-lines.ts';
import { type NodeOutcome, type RunOptions, runGraph } from '../../../orchestrator/engine/run.ts';
import type { NodeId } from '../../../orchestrator/plan/node-base.ts';
import { openCluster } from '../../../orchestrator/tool/kubernetes/open-cluster.ts';
import { openConfig } from '../../../orchestrator/tool/kubernetes/open-config.ts';
import { type ClusterServer, type ServedPod, serveCluster } from '../../rig/cluster-server.ts';
import { kubeconfigFor } from '../../rig/kubeconfig.ts';
import { graphOf, type TestNode } from '../nodes.ts';
import { newRig, performIn, type Rig } from '../rig.ts';

/** A cluster whose pods are workers in this process, over the store of a rig, and an orchestrator that has its tasks done there. */
export interface ClusterRig extends Rig {
  readonly server: ClusterServer;
  readonly place: ClusterPlace<TestNode>;
  /** Documents that were put, by digest. */
  readonly documents: Map<Digest, string>;
  /** Why pods cannot bring results to the store. */
  readonly unsent: Map<Digest, Failure>;
  /** Runs a graph in the cluster. A node's first letter is its project; in lower case it serves several. */
  runThere(graph: string, options?: Partial<RunOptions<TestNode>>): Promise<ReadonlyMap<NodeId, NodeOutcome>>;
  /** Does a pod's document as its worker would. @param tell stands between it and its log. */
  work(pod: ServedPod, tell?: (line: PodLine) => void): Promise<void>;
  /** Another orchestrator, of the same cluster and store. */
  again(): ClusterPlace<TestNode>;
  close(): Promise<void>;
}

interface Given {
  readonly patience?: Partial<Patience>;
  readonly parallelism?: number;
  readonly isolation?: 'namespace' | 'policy';
  /** See `WorkerSettings`. */
  readonly fresh?: string;
  readonly isHere?: (node: TestNode) => boolean;
}

const patience: Patience = { image: 0.3, room: 0.3, api: 5, log: 2 };

export async function newClusterRig(given: Given = {}): Promise<ClusterRig> {
  const rig = newRig();
  const server = await serveCluster();
  const documents = new Map<Digest, string>();
  const open = () => placeIn(rig, server, documents, given);
  const place = open();
  const unsent = new Map<Digest, Failure>();
  const work: ClusterRig['work'] = async (pod, tell = (line) => pod.write(writePodLine(line))) => {
    pod.become({ phase: 'Running' });
    const document = readDocument<TestNode>(documents.get(pod.args[1] as Digest) ?? '');
    if (document === undefined) return pod.exit(4);
    tell({ type: 'began', version: 'test', missing: ['no sandbox'] });
    await doDocument(document, {
      run: (graph, onEvent, more) =>
        runGraph<TestNode>({ ...optionsOf(rig), graph, perform: performIn(rig), onEvent, ...more }),
      // As of a checkout, of which nothing would come but the same.
      isRemade: ({ id }) => !/^.1/.test(id),
      settle: async () => undefined,
      unsent: (key) => unsent.get(key),
      tell,
    });
    tell({ type: 'ended' });
    pod.exit(0);
  };
  server.onPod = (pod) => void work(pod);
  return Object.assign(rig, {
    ...{ server, place, documents, unsent, work, again: open },
    runThere: (text: string, options: Partial<RunOptions<TestNode>> = {}) => {
      const graph = projectsIn(text);
      return runGraph<TestNode>({
        ...optionsOf(rig),
        graph,
        ...place.on(graph),
        onEvent: (event) => void rig.events.push(event),
        ...options,
      });
    },
    async close() {
      await place.close();
      await server.close();
    },
  });
}

/** A graph of the test's, whose nodes have their projects. */
export function projectsIn(text: string): ReturnType<typeof graphOf> {
  const { nodes } = graphOf(text);
  const projectsOf = (id: string) => (/^[a-z]/.test(id) ? ['many', 'more'] : [id.slice(0, 1)]);
  return { nodes: new Map([...nodes].map(([id, node]) => [id, { ...node, projects: projectsOf(id) }])) };
}

function optionsOf(rig: Rig) {
  return {
    ...{ inputsOf: rig.inputsOf, store: rig.store, limits: { network: 1, processor: 8, memory: 1 } },
    demandOf: () => ({}),
    failFast: false,
    depths: { ofResult: () => undefined, ofNeeds: () => undefined },
    signal: new AbortController().signal,
    ...{ clock: Date.now, random: () => 0.5, wait: async () => undefined },
  };
}

function placeIn(rig: Rig, server: ClusterServer, documents: Map<Digest, string>, given: Given) {
  const opened = openConfig({}, { ...kubeconfigFor(server.url), accountHome: undefined });
  if (!opened.ok) throw new Error(JSON.stringify(opened.error));
  return clusterPlace<TestNode>({
    cluster: openCluster(opened.value),
    pods: {
      ...{
        image: 'registry.example.com/eksd-rebuild:1',
        platform: 'linux/amd64',
        words: ['--store', '/shared'],
      },
      ...{ requests: { cpu: '1', memory: '1Gi' }, isolation: given.isolation ?? 'namespace', longest: 60 },
    },
    settings: {
      mirrors: {},
      memory: 2 ** 30,
      processes: 100,
      minutes: 1,
      sandbox: 'where-possible',
      ...defined({ fresh: given.fresh }),
    },
    parallelism: given.parallelism ?? 8,
    isHere: given.isHere ?? (() => false),
    here: performIn(rig),
    isFetching: ({ id }) => id.endsWith('f'),
    store: rig.store,
    settle: async () => undefined,
    put: async (text) => {
      documents.set(digestOf(text), text);
      return ok(digestOf(text));
    },
    clock: Date.now,
    wait: async (milliseconds) => void (await setTimeout(Math.min(milliseconds, 50))),
    patience: { ...patience, ...given.patience },
    period: 20,
  });
}
