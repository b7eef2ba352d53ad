import type { Digest } from '../core/digest.ts';
import type { NodeBase, NodeId } from '../plan/node-base.ts';
import { resultKey } from '../store/result-key.ts';
import type { KeyInputs, Task } from '../task/task.ts';

/** A node with a kind, of whatever union. */
export type KindOfNode = NodeBase & { readonly kind: string };

/** A task for each kind of node. */
export type Tasks<N extends KindOfNode> = {
  readonly [K in N['kind']]: Task<Extract<N, { readonly kind: K }>>;
};

/** The task of a node's kind. */
export function taskOf<N extends KindOfNode>(tasks: Tasks<N>, node: N): Task<N> {
  // A mapped type is not narrowed by the kind that picks from it, but says just that.
  return tasks[node.kind as N['kind']] as unknown as Task<N>;
}

export interface KeyedNode {
  readonly key: Digest;
  readonly inputs: KeyInputs;
}

/**
 * The key of a node whose needs have their trees: SHA-256 of its kind and inputs. The trees' digests are among these, not
 * the keys of the needs: a need that is built anew to the same bytes leaves what depends on it as it is.
 */
export function keyOf<N extends KindOfNode>(
  tasks: Tasks<N>,
  node: N,
  needs: ReadonlyMap<NodeId, Digest>,
): KeyedNode {
  const inputs = taskOf(tasks, node).inputs(node, needs);
  return { key: resultKey(node.kind, inputs), inputs };
}
