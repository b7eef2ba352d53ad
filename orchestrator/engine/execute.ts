import type { Digest } from '../core/digest.ts';
import type { Bytes } from '../core/event.ts';
import type { Failure } from '../core/failure.ts';
import { isTransient } from '../core/failure.ts';
import { err, ok, type Result } from '../core/result.ts';
import type { NodeId } from '../plan/node-base.ts';
import type { Depth } from '../store/inspect-tree.ts';
import type { Lack, Store, StoredResult } from '../store/store.ts';
import type { StoreMaintenance } from '../store/upkeep/maintenance.ts';
import type { Demand } from '../task/task.ts';
import type { CommandRecord } from '../tool/process/process.ts';
import type { KeyedNode, KindOfNode } from './key.ts';
import type { Resources } from './resources.ts';

/** One node on its way through a run. */
export interface Step<N extends KindOfNode> extends KeyedNode {
  readonly node: N;
  /** The tree of each need. */
  readonly needs: ReadonlyMap<NodeId, Digest>;
  /** See `Resources.acquire`. */
  readonly rank: number;
  readonly signal: AbortSignal;
  /** Whether its tree has to be on this machine: else it may be that only its result is. */
  readonly isWanted: boolean;
  /** Whether another node of the run came to something, once it has ended. */
  ended(id: NodeId): Promise<boolean>;
  /** Told where the store has its result, before that is looked at. */
  found(): void;
  /**
   * Told by who does it when the deed begins: not while it waits for its turn, or for another process. The first word counts.
   * @param at when that was, by the run's clock; now where it is absent.
   */
  started(at?: number): void;
  /** A few words for the live view, and how far what is fetched has come. */
  progress(text: string, bytes?: Bytes): void;
  /** Told of each command when it ended. */
  onCommand(record: CommandRecord): void;
}

/** A node's work done: its tree, and what it took when it was run, now or then. */
export interface Done {
  readonly how: 'ran' | 'cached';
  readonly tree: Digest;
  readonly seconds: number;
  readonly notes: readonly string[];
  readonly commands: readonly CommandRecord[];
  /** Whoever did it has recorded it where the store finds it. */
  readonly isRecorded?: true;
}

/**
 * What all policies are wrapped round: a function that does a node's work. The innermost is a place where deeds are done: this machine
 * (`local/`) or a cluster (`kubernetes/`).
 */
export type Execute<N extends KindOfNode> = (step: Step<N>) => Promise<Result<Done, Failure>>;

/** The store as the engine uses it. */
export type EngineStore = Store &
  Pick<StoreMaintenance, 'root' | 'recheck' | 'lastResult' | 'removeTemporary'> & {
    /** The result under a key, whose tree may be elsewhere: of a store that several machines share. */
    find?(key: Digest): Promise<StoredResult | undefined>;
  };

/** Takes the result from the store where it is there, after a look at its tree where `depthOf` asks for one. */
export function reused<N extends KindOfNode>(
  store: Pick<EngineStore, 'lookup' | 'find' | 'recheck'>,
  depthOf: (node: N) => Depth | undefined,
  next: Execute<N>,
): Execute<N> {
  return async (step) => {
    const { find = store.lookup } = store;
    const result = await (step.isWanted ? store.lookup : find)(step.key);
    if (result === undefined) return next(step);
    step.found();
    const depth = step.isWanted ? depthOf(step.node) : undefined;
    if (depth !== undefined) {
      if (depth === 'content') step.progress('hashing what is in the store');
      const damage = await store.recheck(result.tree, depth);
      if (!damage.ok) return damage;
      if (damage.value.length > 0) {
        step.progress(`damaged in the store (${damage.value[0]}): made again`);
        return next(step);
      }
    }
    const { tree, seconds, notes, commands } = result;
    return ok({ how: 'cached', tree, seconds, notes, commands });
  };
}

/**
 * Asks the world again for what a result had to do without, where that is due: while it cannot be had, what the store has is used.
 * @param anew makes a node whatever the store has.
 */
export function renewed<N extends KindOfNode>(
  store: Pick<EngineStore, 'lookup' | 'lackOf' | 'setLack'>,
  isDue: (lack: Lack) => boolean,
  anew: Execute<N>,
  next: Execute<N>,
): Execute<N> {
  return async (step) => {
    const lack = await store.lackOf(step.key);
    if (lack === undefined || !isDue(lack) || (await store.lookup(step.key)) === undefined) return next(step);
    const made = await anew(step);
    if (made.ok || made.error.reason === 'aborted') return made;
    await store.setLack(step.key, lack.what);
    return next(step);
  };
}

/** Keeps what was made in the store, under its key. */
export function recorded<N extends KindOfNode>(
  store: Pick<EngineStore, 'record'>,
  next: Execute<N>,
): Execute<N> {
  return async (step) => {
    const done = await next(step);
    if (!done.ok || done.value.isRecorded) return done;
    const { tree, seconds, notes, commands } = done.value;
    const { key, inputs, node } = step;
    const kept = await store.record({
      key,
      kind: node.kind,
      inputs,
      title: node.id,
      tree,
      seconds,
      notes,
      commands,
    });
    return kept.ok ? done : kept;
  };
}

/** Milliseconds after which a wait is told. */
const patience = 1000;

/** Lets one process at a time make what has this key; who had to wait finds it made. */
export function locked<N extends KindOfNode>(
  store: Pick<EngineStore, 'withLock'>,
  next: Execute<N>,
): Execute<N> {
  return (step) => {
    const timer = setTimeout(() => step.progress('waiting for another process, which makes it'), patience);
    timer.unref();
    const body = (): ReturnType<typeof next> => {
      clearTimeout(timer);
      return next(step);
    };
    return store.withLock(step.key, step.signal, body).finally(() => clearTimeout(timer));
  };
}

/** Waits for its share of the machine. A cached node never comes this far, and neither does one that waits for a lock. */
export function limited<N extends KindOfNode>(
  resources: Resources,
  demandOf: (node: N) => Demand,
  next: Execute<N>,
): Execute<N> {
  return async (step) => {
    const release = await resources.acquire(demandOf(step.node), step.rank, step.signal);
    if (release === undefined) return err({ reason: 'aborted' });
    try {
      return await next(step);
    } finally {
      release();
    }
  };
}

export interface Retry {
  /** Numbers in [0, 1). */
  readonly random: () => number;
  /** Waits so many milliseconds, or until the signal fires. */
  readonly wait: (milliseconds: number, signal: AbortSignal) => Promise<void>;
  /** @param attempt the try that failed, from 1. */
  readonly onRetry: (node: KindOfNode, attempt: number, failure: Failure, waitSeconds: number) => void;
}

const tries = 3;

/** Before the second try; four times as long before the third. Half as much again, more or less, by chance. */
const firstWaitMilliseconds = 2000;

/** Tries again what failed through the network's fault, and nothing else. */
export function retried<N extends KindOfNode>(retry: Retry, next: Execute<N>): Execute<N> {
  return async (step) => {
    for (let attempt = 1; ; attempt += 1) {
      const done = await next(step);
      if (done.ok || !isTransient(done.error) || attempt === tries || step.signal.aborted) return done;
      const least = done.error.reason === 'rate-limited' ? (done.error.seconds ?? 0) * 1000 : 0;
      const wait = Math.max(firstWaitMilliseconds * 4 ** (attempt - 1) * (0.5 + retry.random()), least);
      retry.onRetry(step.node, attempt, done.error, wait / 1000);
      await retry.wait(wait, step.signal);
    }
  };
}
