import { setTimeout } from 'node:timers/promises';
import type { Digest } from '../core/digest.ts';
import type { NodeEnd, OnEvent } from '../core/event.ts';
import type { Failure } from '../core/failure.ts';
import type { Result } from '../core/result.ts';
import type { Graph } from '../plan/node.ts';
import type { NodeBase, NodeId } from '../plan/node-base.ts';
import type { Lack } from '../store/store.ts';
import type { Demand, Inputs, KeyInputs } from '../task/task.ts';
import type { CommandRecord } from '../tool/process/process.ts';
import {
  type Done,
  type EngineStore,
  type Execute,
  limited,
  locked,
  type Retry,
  recorded,
  renewed,
  retried,
  reused,
  type Step,
} from './execute.ts';
import { type KeyedNode, type KindOfNode, keyOf } from './key.ts';
import { newOutlook } from './outlook.ts';
import { startProgress } from './progress.ts';
import { rankNodes } from './rank.ts';
import { type Capacities, newResources, type Resources } from './resources.ts';
import { inGraphOrder, schedule } from './schedule.ts';
import { type Depths, withSoundNeeds } from './soundness.ts';
import { endOf, newTrace, summaryOf } from './trace.ts';

export interface RunOptions<N extends KindOfNode> {
  readonly graph: Graph<N>;
  /** Where deeds are done. */
  readonly perform: Execute<N>;
  readonly store: EngineStore;
  /** Milliseconds, of a clock that only goes forward. */
  readonly clock: () => number;
  readonly inputsOf: Inputs<N>;
  readonly limits: Capacities;
  /** Of whoever runs several graphs at once: what they share of the machine. */
  readonly resources?: Resources;
  readonly demandOf: (node: N) => Demand;
  /** About how many seconds a node takes: of what can start, the head of the longest way starts first. Default: 1. */
  readonly weightOf?: (node: N) => number;
  readonly failFast: boolean;
  /** Whether a node's result may come from the store; all may by default. What ran is recorded in any case. */
  readonly isReusable?: (node: N) => boolean;
  readonly depths: Depths<N>;
  /** Whether a node's tree is looked at when all is over; all are by default. What else is needed for a deed is brought before it. */
  readonly isWanted?: (node: N) => boolean;
  /** Whether the world is asked again for what a result in the store had to do without; by default it is not. */
  readonly isDue?: (lack: Lack) => boolean;
  readonly signal: AbortSignal;
  readonly onEvent: OnEvent;
  /** Told what became of each node when it is known. */
  readonly onOutcome?: (node: N, outcome: NodeOutcome) => void;
  /** Numbers in [0, 1). */
  readonly random: () => number;
  /** See `Retry`; by default, by the system's clock. */
  readonly wait?: Retry['wait'];
  /** Milliseconds between two reports of how far it is. */
  readonly period?: number;
}

export interface NodeOutcome {
  readonly end: NodeEnd;
  /** Absent where the node was never reached. */
  readonly key?: Digest;
  readonly inputs?: KeyInputs;
  /** The output, where it ran or was cached. */
  readonly tree?: Digest;
  /** Seconds after the run of the graph began; absent where it never started. */
  readonly began?: number;
  /** What it took in this run, wall clock, without waiting for its turn. */
  readonly seconds: number;
  /** What it took when it was really run: in this run, or for a cached one in an earlier. */
  readonly secondsWhenRun?: number;
  /** See `Outputs.notes`. */
  readonly notes: readonly string[];
  /** In this run; for a cached node, when it was run. */
  readonly commands: readonly CommandRecord[];
}

/**
 * Runs a graph: each node once its needs are there, from the store where it has the result, and else by its task. Expected
 * trouble is in the outcomes. Outcomes are in the graph's order. @throws what a task throws: a bug.
 */
export async function runGraph<N extends KindOfNode>(
  options: RunOptions<N>,
): Promise<ReadonlyMap<NodeId, NodeOutcome>> {
  const { graph, onEvent, clock } = options;
  const began = clock();
  const trace = newTrace(onEvent, clock);
  const commands = new Map<NodeId, CommandRecord[]>();
  const outcomes = new Map<NodeId, NodeOutcome>();
  const steps = new Map<NodeId, Step<N>>();
  const weightOf = options.weightOf ?? (() => 1);
  const ranks = rankNodes(graph, weightOf);
  const outlook = newOutlook({ ...options, ranks, usualSeconds: weightOf });
  const ended = newEnds(graph);
  const execute = policiesOf(options, trace.retried, steps);

  onEvent({ type: 'run-started', nodes: [...graph.nodes.values()].map(summaryOf) });
  const progress = startProgress(outlook, onEvent, clock, options.period);
  await schedule<N, Done, Failure>({
    graph,
    ranks,
    failFast: options.failFast,
    signal: options.signal,
    run(node, done, signal) {
      const needs = new Map([...done].map(([id, { tree }]) => [id, tree]));
      const { key, inputs } = keyOf(options.inputsOf, node, needs);
      const step: Step<N> = {
        node,
        needs,
        key,
        inputs,
        rank: ranks.get(node.id) ?? 0,
        signal,
        isWanted: options.isWanted?.(node) ?? true,
        ended: ended.of,
        found: () => outlook.found(node),
        started(at) {
          trace.started(node, at);
          outlook.started(node);
        },
        progress: (text, bytes) => progress.of(node, text, bytes),
        onCommand: (record) => commands.set(node.id, [...(commands.get(node.id) ?? []), record]),
      };
      steps.set(node.id, step);
      return execute(step);
    },
    onSettled(node, settled) {
      const end = endOf(settled);
      progress.ended(node);
      outlook.settled(node, end);
      const span = trace.finished(node, end);
      const run = settled.status === 'done' ? settled.value : undefined;
      const outcome = {
        end,
        ...span,
        ...keyedAs(steps.get(node.id)),
        ...(run === undefined ? {} : { tree: run.tree, secondsWhenRun: run.seconds }),
        notes: run?.notes ?? [],
        commands: run?.commands ?? commands.get(node.id) ?? [],
      };
      outcomes.set(node.id, outcome);
      options.onOutcome?.(node, outcome);
      ended.tell(node.id, settled.status === 'done');
    },
  }).finally(progress.end);
  onEvent({ type: 'run-finished', seconds: (clock() - began) / 1000 });
  return inGraphOrder(graph, outcomes);
}

/** For each node of a graph, whether it came to something, as a promise. */
function newEnds({ nodes }: Graph<NodeBase>) {
  const ends = new Map<NodeId, boolean>();
  const waiting = new Map<NodeId, ((isDone: boolean) => void)[]>();
  return {
    async of(id: NodeId): Promise<boolean> {
      const known = ends.get(id);
      if (known !== undefined || !nodes.has(id)) return known ?? false;
      return new Promise((resolve) => {
        const others = waiting.get(id);
        if (others === undefined) waiting.set(id, [resolve]);
        else others.push(resolve);
      });
    },
    tell(id: NodeId, isDone: boolean): void {
      ends.set(id, isDone);
      for (const resolve of waiting.get(id) ?? []) resolve(isDone);
      waiting.delete(id);
    },
  };
}

function keyedAs(step: KeyedNode | undefined): Partial<KeyedNode> {
  return step === undefined ? {} : { key: step.key, inputs: step.inputs };
}

/** From the outside in: what the store has is used; else one process makes it, looks once more, tries, and records. */
function policiesOf<N extends KindOfNode>(
  options: RunOptions<N>,
  onRetry: Retry['onRetry'],
  steps: ReadonlyMap<NodeId, Step<N>>,
): Execute<N> {
  const { store, depths, perform, demandOf, random, wait = sleep } = options;
  const resources = options.resources ?? newResources(options.limits);
  const tried = retried({ random, wait, onRetry }, limited(resources, demandOf, perform));
  const remake = async (id: NodeId, { progress, signal }: Step<N>): Promise<Result<Done, Failure>> => {
    const step = steps.get(id);
    if (step === undefined) throw new Error(`${id} was not run yet`);
    return stored({ ...step, progress, signal, isWanted: true });
  };
  const anew = withSoundNeeds(store, depths.ofNeeds, remake, recorded(store, tried));
  const again = reused(store, () => undefined, anew);
  const kept = reused(store, depths.ofResult, locked(store, again));
  const stored = renewed(store, options.isDue ?? (() => false), locked(store, anew), kept);
  const isReusable = options.isReusable ?? (() => true);
  return (step) => (isReusable(step.node) ? stored : anew)(step);
}

async function sleep(milliseconds: number, signal: AbortSignal): Promise<void> {
  await setTimeout(milliseconds, undefined, { signal }).catch(() => undefined);
}
