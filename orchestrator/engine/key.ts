import type { Digest } from '../core/digest.ts';
import type { NodeBase, NodeId } from '../plan/node-base.ts';
import { resultKey } from '../store/result-key.ts';
import type { Inputs, KeyInputs } from '../task/task.ts';

/** A node with a kind, of whatever union. */
export type KindOfNode = NodeBase & { readonly kind: string };

export interface KeyedNode {
  readonly key: Digest;
  readonly inputs: KeyInputs;
}

/**
 * The key of a node whose needs have their trees: SHA-256 of its kind and inputs. The trees' digests are among these, not
 * the keys of the needs: a need that is built anew to the same bytes leaves what depends on it as it is.
 */
export function keyOf<N extends KindOfNode>(
  inputsOf: Inputs<N>,
  node: N,
  needs: ReadonlyMap<NodeId, Digest>,
): KeyedNode {
  const inputs = inputsOf(node, needs);
  return { key: resultKey(node.kind, inputs), inputs };
}
