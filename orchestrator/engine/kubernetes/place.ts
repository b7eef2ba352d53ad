import type { Digest } from '../../core/digest.ts';
import type { Failure } from '../../core/failure.ts';
import { err, ok, type Result } from '../../core/result.ts';
import { visible } from '../../core/visible.ts';
import type { Graph } from '../../plan/node.ts';
import type { NodeId } from '../../plan/node-base.ts';
import type { Cluster } from '../../tool/kubernetes/cluster.ts';
import type { Done, EngineStore, Execute, Step } from '../execute.ts';
import type { KindOfNode } from '../key.ts';
import { newResources } from '../resources.ts';
import type { RunOptions } from '../run.ts';
import { attend, type Patience, usualPatience } from './attend.ts';
import { awaitedBy, type Chain, chainsOf } from './chains.ts';
import { documentOf, type WorkerSettings } from './document.ts';
import { jobOf, type PodOptions } from './job.ts';
import { watchJobs } from './job-watch.ts';
import type { PodLine } from './pod-lines.ts';

export interface ClusterOptions<N extends KindOfNode> {
  readonly cluster: Cluster;
  readonly pods: PodOptions;
  readonly settings: WorkerSettings;
  /** Pods at once. */
  readonly parallelism: number;
  /** What is done on this machine, and how. */
  readonly isHere: (node: N) => boolean;
  readonly here: Execute<N>;
  /** Whether a node fetches: where pods that compile have no network, it is in none of theirs. */
  readonly isFetching: (node: N) => boolean;
  /** That pods share with this machine. */
  readonly store: EngineStore;
  /** Waits until all that was made on this machine is in the shared store. */
  readonly settle: () => Promise<unknown>;
  /** Puts a document into the shared store. */
  readonly put: (document: string) => Promise<Result<Digest, Failure>>;
  /** Milliseconds, of a clock that only goes forward. */
  readonly clock: () => number;
  readonly wait: (milliseconds: number, signal: AbortSignal) => Promise<void>;
  readonly patience?: Patience;
  /** Milliseconds between two looks at Jobs. */
  readonly period?: number;
}

/** A cluster as a place where deeds are done. */
export interface ClusterPlace<N extends KindOfNode> {
  /** Does nodes of a graph, and those that are done here as `here` does; with the store as the graph's run is to see it. */
  on(graph: Graph<N>): Pick<RunOptions<N>, 'perform' | 'store'>;
  /** What the sandboxes of its machines lack, as far as they told. */
  missing(): readonly string[];
  /** Waits until nothing is left of its Jobs. */
  close(): Promise<void>;
}

/** What a pod told of a node. */
type Told = Extract<PodLine, { type: 'made' | 'failed' }>;

/** A chain on its way. */
interface ChainRun<N extends KindOfNode> {
  /** The steps that wait for it. */
  readonly steps: Map<string, Step<N>>;
  /** When the deeds of nodes began. */
  readonly begun: Map<string, number>;
  /** Nodes of which it has told what became of them: another try is another run's. */
  readonly spent: Set<string>;
  readonly over: Promise<Result<void, Failure>>;
  /** Called whenever more was told. */
  readonly listeners: Set<() => void>;
}

export function clusterPlace<N extends KindOfNode>(options: ClusterOptions<N>): ClusterPlace<N> {
  const { cluster, clock, wait, patience = usualPatience, period = 1000 } = options;
  const slots = newResources({ network: 0, processor: options.parallelism, memory: 0 });
  const watch = watchJobs({ cluster, clock, period });
  const missing = new Set<string>();
  const running = new Set<Promise<unknown>>();

  const runChain = async (
    graph: Graph<N>,
    chain: Chain,
    first: Step<N>,
    run: Pick<ChainRun<N>, 'steps'>,
    onLine: (line: PodLine) => void,
  ): Promise<Result<void, Failure>> => {
    const { signal } = first;
    const wanted = await ready(graph, chain, first);
    const release = await slots.acquire({ processor: 1 }, first.rank, signal);
    if (release === undefined) return err({ reason: 'aborted' });
    try {
      await options.settle();
      const document = await options.put(documentOf(graph, wanted, options.pods.platform, options.settings));
      if (!document.ok) return document;
      const fetches = wanted.some((id) => isFetching(graph, id));
      const asked = {
        ...{ document: document.value, title: chain.name, signal, onLine },
        jobOf: (attempt: number) =>
          jobOf(document.value, attempt, chain.name, fetches ? 'allowed' : 'none', options.pods),
        onWait(why: string) {
          for (const step of run.steps.values()) step.progress(`waiting in the cluster: ${why}`);
        },
      };
      return await attend(asked, { cluster, watch, clock, wait, patience });
    } finally {
      release();
    }
  };
  const isFetching = (graph: Graph<N>, id: NodeId): boolean => {
    const node = graph.nodes.get(id);
    return node !== undefined && options.isFetching(node);
  };

  const begin = (graph: Graph<N>, chain: Chain, first: Step<N>, told: Map<string, Told>): ChainRun<N> => {
    const steps = new Map<string, Step<N>>();
    const begun = new Map<string, number>();
    const spent = new Set<string>();
    const listeners = new Set<() => void>();
    const onLine = (line: PodLine): void => {
      if (line.type === 'began') for (const each of line.missing) missing.add(visible(each));
      else if (line.type === 'started') {
        begun.set(line.node, clock());
        steps.get(line.node)?.started();
      } else if (line.type === 'progress') steps.get(line.node)?.progress(line.text, line.bytes);
      else if (line.type === 'made' || line.type === 'failed') {
        told.set(line.node, line);
        spent.add(line.node);
        for (const listener of listeners) listener();
      }
    };
    const over = runChain(graph, chain, first, { steps }, onLine);
    return { steps, begun, spent, over, listeners };
  };

  return {
    on(graph) {
      const part =
        options.pods.isolation === 'policy' ? (node: N) => String(options.isFetching(node)) : undefined;
      const chains = chainsOf(graph, options.isHere, part);
      const runs = new Map<Chain, ChainRun<N>>();
      const told = new Map<string, Told>();
      const perform: Execute<N> = async (step) => {
        const chain = chains.get(step.node.id);
        if (chain === undefined) return options.here(step);
        let run = runs.get(chain);
        while (run?.spent.has(step.node.id) && !told.has(step.node.id)) {
          await run.over;
          if (runs.get(chain) === run) runs.delete(chain);
          run = runs.get(chain);
        }
        if (run === undefined && !told.has(step.node.id)) {
          const begun = begin(graph, chain, step, told);
          run = begun;
          runs.set(chain, begun);
          const leaving = begun.over.finally(() => {
            if (runs.get(chain) === begun) runs.delete(chain);
            running.delete(leaving);
          });
          running.add(leaving);
        }
        const line = await toldOf(step, run, told);
        if (!line.ok) return line;
        told.delete(step.node.id);
        return accept(step, line.value, options);
      };
      return { perform, store: withoutNew(options.store, told) };
    },
    missing: () => [...missing],
    async close() {
      await Promise.allSettled(running);
    },
  };
}

/** What pods have made a moment ago, and nobody was told of yet, is no find of an earlier run's. */
function withoutNew(store: EngineStore, told: ReadonlyMap<string, Told>): EngineStore {
  const { lookup, find = lookup } = store;
  const isNew = (key: Digest) => {
    for (const line of told.values())
      if (line.type === 'made' && line.how === 'ran' && line.key === key) return true;
    return false;
  };
  return {
    ...store,
    lookup: async (key) => (isNew(key) ? undefined : lookup(key)),
    find: async (key) => (isNew(key) ? undefined : find(key)),
  };
}

/** Waits for what a chain needs of others; gives what of it can be made then. */
async function ready<N extends KindOfNode>(
  graph: Graph<N>,
  chain: Chain,
  { ended }: Step<N>,
): Promise<readonly NodeId[]> {
  const awaited = awaitedBy(graph, chain);
  const isDone = new Map<NodeId, boolean>();
  await Promise.all(awaited.map(async (id) => void isDone.set(id, await ended(id))));
  const can = (id: NodeId): boolean => {
    const known = isDone.get(id);
    if (known !== undefined) return known;
    const all = graph.nodes.get(id)?.needs.every(can) ?? false;
    isDone.set(id, all);
    return all;
  };
  return chain.wanted.filter(can);
}

/** Waits until a pod has told what became of a node, or can tell no more. */
async function toldOf<N extends KindOfNode>(
  step: Step<N>,
  run: ChainRun<N> | undefined,
  told: ReadonlyMap<string, Told>,
): Promise<Result<Told, Failure>> {
  const { id } = step.node;
  if (run !== undefined && !told.has(id)) {
    run.steps.set(id, step);
    const began = run.begun.get(id);
    if (began !== undefined) step.started(began);
    let wake = (): void => undefined;
    const heard = new Promise<void>((resolve) => {
      wake = () => {
        if (told.has(id)) resolve();
      };
    });
    run.listeners.add(wake);
    await Promise.race([heard, run.over]);
    run.listeners.delete(wake);
    run.steps.delete(id);
  }
  const line = told.get(id);
  if (line !== undefined) return ok(line);
  const over = await run?.over;
  if (over?.ok === false) return over;
  const detail = `its worker came to its end, and told nothing of ${id}`;
  return err({ reason: 'cluster', what: `running ${id}`, detail, help: ofVersion, isPassing: false });
}

const ofVersion = 'kubernetes.image of the settings has to be of the same version as this program.';

async function accept<N extends KindOfNode>(
  step: Step<N>,
  line: Told,
  { store, settings, clock }: Pick<ClusterOptions<N>, 'store' | 'settings' | 'clock'>,
): Promise<Result<Done, Failure>> {
  if (line.type === 'failed') {
    line.commands.forEach(step.onCommand);
    return err(line.failure);
  }
  const failed = (detail: string, help: string, isPassing: boolean) =>
    err<Failure>({ reason: 'cluster', what: `running ${step.node.id}`, detail, help, isPassing });
  if (line.key !== step.key) return failed('its worker made it under another key', ofVersion, false);
  const { how, seconds, tree, commands } = line;
  // What was over before anybody here asked for it.
  if (how === 'ran') step.started(clock() - seconds * 1000);
  const notes = line.notes.map(visible);
  const isRemade = settings.fresh !== undefined && how === 'ran';
  if (!step.isWanted && !isRemade) return ok({ how, tree, seconds, notes, commands, isRecorded: true });
  const { lookup, find = lookup } = store;
  const stored = await (step.isWanted ? lookup : find)(step.key);
  if (stored === undefined) {
    const help = 'Try again; what was finished is kept.';
    return failed('the shared store has not what its worker put there', help, true);
  }
  // Of two results of one key the first stays in a shared store.
  if (isRemade && stored.tree !== tree) {
    const help =
      'Its build does not repeat. What stands in the shared store stays; --fresh without --on makes it here.';
    return failed(`made again it is tree ${tree}, and in the shared store tree ${stored.tree}`, help, false);
  }
  return ok({ ...stored, how, isRecorded: true });
}
