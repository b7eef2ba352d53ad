import type { Digest } from '../../core/digest.ts';
import type { OnEvent, RunEvent } from '../../core/event.ts';
import type { Failure } from '../../core/failure.ts';
import { failureHeadline } from '../../core/failure-headline.ts';
import { unreachable } from '../../core/unreachable.ts';
import type { Graph } from '../../plan/node.ts';
import type { NodeId } from '../../plan/node-base.ts';
import type { KindOfNode } from '../key.ts';
import type { NodeOutcome, RunOptions } from '../run.ts';
import type { JobDocument } from './document.ts';
import type { PodLine } from './pod-lines.ts';

/** What a worker's machine does a document with. */
export interface WorkerWays<N extends KindOfNode> {
  /** `runGraph` over the shared store, its deeds done here. */
  run(
    graph: Graph<N>,
    onEvent: OnEvent,
    more: Pick<RunOptions<N>, 'onOutcome' | 'isWanted' | 'isReusable'>,
  ): Promise<unknown>;
  /** Whether it is of use to make a node again that the store has. */
  isRemade(node: N): boolean;
  /** Waits until what was made is in the shared store. */
  settle(): Promise<unknown>;
  /** Why a result is not there then; undefined where it is. */
  unsent(key: Digest): Failure | undefined;
  tell(line: PodLine): void;
}

/** Does a document as this machine does its own graphs, and tells what becomes of what it asks for. */
export async function doDocument<N extends KindOfNode>(
  { nodes, wanted: names, settings }: JobDocument<N>,
  ways: WorkerWays<N>,
): Promise<void> {
  const { run, isRemade, tell } = ways;
  const wanted = new Set<string>(names);
  const telling: Promise<void>[] = [];
  const outcomes = new Map<NodeId, NodeOutcome>();
  const onOutcome = (node: N, outcome: NodeOutcome): void => {
    outcomes.set(node.id, outcome);
    if (wanted.has(node.id)) telling.push(tellOutcome(node.id, outcome, outcomes, ways));
  };
  const graph = { nodes: new Map(nodes.map((node) => [node.id, node])) };
  // What is only needed another worker has made, of the same run.
  const isReusable = (node: N) => settings.fresh === undefined || !wanted.has(node.id) || !isRemade(node);
  const more = { onOutcome, isWanted: () => false, isReusable };
  await run(graph, (event) => tellEvent(event, wanted, tell), more);
  await Promise.all(telling);
}

/** Tells what became of a node: of one that was made once it is in the shared store, or that it cannot be brought there. */
async function tellOutcome(
  node: NodeId,
  { end, key, tree, secondsWhenRun = 0, notes, commands }: NodeOutcome,
  outcomes: ReadonlyMap<NodeId, NodeOutcome>,
  { settle, unsent, tell }: Pick<WorkerWays<KindOfNode>, 'settle' | 'unsent' | 'tell'>,
): Promise<void> {
  switch (end.status) {
    case 'ran':
    case 'cached': {
      if (key === undefined || tree === undefined)
        throw new Error(`${node} came to something without a tree`);
      await settle();
      const failure = unsent(key);
      if (failure !== undefined) return tell({ type: 'failed', node, failure, commands });
      return tell({
        type: 'made',
        node,
        how: end.status,
        key,
        tree,
        seconds: secondsWhenRun,
        notes,
        commands,
      });
    }
    case 'failed':
      return tell({ type: 'failed', node, failure: end.failure, commands });
    case 'skipped': {
      const cause = outcomes.get(end.because as NodeId)?.end;
      const failure: Failure = cause?.status === 'failed' ? cause.failure : { reason: 'aborted' };
      return tell({ type: 'failed', node, failure, commands });
    }
    case 'aborted':
      return;
    default:
      return unreachable(end);
  }
}

function tellEvent(event: RunEvent, wanted: ReadonlySet<string>, tell: WorkerWays<KindOfNode>['tell']): void {
  if (!('node' in event) || !wanted.has(event.node.id)) return;
  const node = event.node.id;
  if (event.type === 'node-started') tell({ type: 'started', node });
  else if (event.type === 'node-progress') {
    const { text, transfer } = event;
    const bytes = transfer && { bytes: { done: transfer.done, total: transfer.total } };
    tell({ type: 'progress', node, text, ...bytes });
  } else if (event.type === 'node-retried') {
    tell({ type: 'progress', node, text: `tried again after ${failureHeadline(event.failure)}` });
  }
}
