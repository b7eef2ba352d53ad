import { canonicalJson, type Json } from '../core/canonical-json.ts';
import type { Digest } from '../core/digest.ts';
import { err, ok } from '../core/result.ts';
import { unreachable } from '../core/unreachable.ts';
import type { Graph } from '../plan/node.ts';
import type { NodeId } from '../plan/node-base.ts';
import type { StoredResult } from '../store/store.ts';
import type { Inputs } from '../task/task.ts';
import type { EngineStore } from './execute.ts';
import { type KeyedNode, type KindOfNode, keyOf } from './key.ts';
import { rankNodes } from './rank.ts';
import { type Settled, schedule } from './schedule.ts';

/** What a run would find of a node. */
export type NodeState =
  | {
      readonly status: 'cached';
      readonly key: Digest;
      readonly tree: Digest;
      readonly secondsWhenRun: number;
    }
  | { readonly status: 'due'; readonly why: WhyDue };

/** Why a node is not cached. */
export type WhyDue =
  /** Nothing was ever recorded under its name. */
  | { readonly reason: 'never-built'; readonly key: Digest }
  /** Members of its inputs, dotted (`environment.CGO_ENABLED`), that are not as they were the last time it was built. */
  | { readonly reason: 'inputs-differ'; readonly key: Digest; readonly members: readonly string[] }
  /** It was built from the same inputs, but its files are gone from the store, or were damaged. */
  | { readonly reason: 'files-gone'; readonly key: Digest }
  /** It needs, near or far, a node that is not cached: its key is not known before that one was built. */
  | { readonly reason: 'needs'; readonly node: NodeId };

/** Says of each node, without running anything, whether the store has it, and if not, why. In the graph's order. */
export async function stateOf<N extends KindOfNode>(
  graph: Graph<N>,
  inputsOf: Inputs<N>,
  store: Pick<EngineStore, 'lookup' | 'lastResult'>,
): Promise<ReadonlyMap<NodeId, NodeState>> {
  const settled = await schedule<N, StoredResult, WhyDue>({
    graph,
    ranks: rankNodes(graph, () => 1),
    failFast: false,
    signal: new AbortController().signal,
    async run(node, done) {
      const needs = new Map([...done].map(([id, { tree }]) => [id, tree]));
      const keyed = keyOf(inputsOf, node, needs);
      const result = await store.lookup(keyed.key);
      return result === undefined ? err(await whyDue(store, node, keyed)) : ok(result);
    },
  });
  return new Map([...settled].map(([id, how]) => [id, nodeState(how)]));
}

function nodeState(settled: Settled<StoredResult, WhyDue>): NodeState {
  switch (settled.status) {
    case 'done': {
      const { key, tree, seconds } = settled.value;
      return { status: 'cached', key, tree, secondsWhenRun: seconds };
    }
    case 'failed':
      return { status: 'due', why: settled.error };
    case 'skipped':
      return { status: 'due', why: { reason: 'needs', node: settled.because } };
    case 'aborted':
      throw new Error('a plan is never aborted');
    default:
      return unreachable(settled);
  }
}

async function whyDue(
  store: Pick<EngineStore, 'lastResult'>,
  node: KindOfNode,
  { key, inputs }: KeyedNode,
): Promise<WhyDue> {
  const last = await store.lastResult(node.kind, node.id);
  if (last === undefined) return { reason: 'never-built', key };
  if (last.key === key) return { reason: 'files-gone', key };
  return { reason: 'inputs-differ', key, members: differences(last.inputs as Json, inputs) };
}

/** The members in which two values differ, as dotted paths into objects; lists count as a whole. */
export function differences(before: Json | undefined, after: Json | undefined, path = ''): readonly string[] {
  if (before !== undefined && after !== undefined && canonicalJson(before) === canonicalJson(after))
    return [];
  if (!isObject(before) || !isObject(after)) return [path];
  const names = [...new Set([...Object.keys(before), ...Object.keys(after)])].sort();
  return names.flatMap((name) =>
    differences(before[name], after[name], path === '' ? name : `${path}.${name}`),
  );
}

function isObject(value: Json | undefined): value is { readonly [name: string]: Json } {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
