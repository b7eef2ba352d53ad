import type { Digest } from '../core/digest.ts';
import type { Failure } from '../core/failure.ts';
import { err, ok, type Result } from '../core/result.ts';
import type { NodeId } from '../plan/node-base.ts';
import type { Depth } from '../store/inspect-tree.ts';
import type { Done, EngineStore, Execute, Step } from './execute.ts';
import type { KindOfNode } from './key.ts';

/** How closely what is in the store is looked at before it is used. */
export interface Depths<N extends KindOfNode> {
  /** What stands for a node that is not run; nothing is looked at where it says nothing. */
  readonly ofResult: (node: N) => Depth | undefined;
  /** The trees that a node needs, before its deed; nothing is looked at where it is not done here. */
  readonly ofNeeds: (node: N) => Depth | undefined;
}

/**
 * Looks at the trees that a node needs before it is made, each once a run, and has those made again that are not what was put
 * into the store: a cached node's tree may have lain there for months.
 * @param remake runs a node that ended before. Errors: `store-damaged` where a tree does not come out the same again.
 */
export function withSoundNeeds<N extends KindOfNode>(
  store: Pick<EngineStore, 'recheck' | 'treePath'>,
  depthOf: Depths<N>['ofNeeds'],
  remake: (id: NodeId, asked: Step<N>) => Promise<Result<Done, Failure>>,
  next: Execute<N>,
): Execute<N> {
  const looked = new Map<string, Promise<Result<void, Failure>>>();
  const nameOf = (tree: Digest, depth: Depth) => `${depth} ${tree}`;

  const look = async (
    id: NodeId,
    tree: Digest,
    depth: Depth,
    asked: Step<N>,
  ): Promise<Result<void, Failure>> => {
    const damage = await store.recheck(tree, depth);
    if (!damage.ok) return damage;
    const [detail] = damage.value;
    if (detail === undefined) return ok(undefined);
    asked.progress(`making ${id} again: in the store, ${detail}`);
    const made = await remake(id, asked);
    if (!made.ok) return made;
    if (made.value.tree === tree) return ok(undefined);
    const again = `${detail}, and what was made in its place is not the same`;
    return err({ reason: 'store-damaged', path: store.treePath(tree), detail: again });
  };

  return async (step) => {
    const depth = depthOf(step.node);
    if (depth === undefined) return next(step);
    for (const [id, tree] of step.needs) {
      const name = nameOf(tree, depth);
      const known = looked.get(nameOf(tree, 'content')) ?? looked.get(name) ?? look(id, tree, depth, step);
      looked.set(name, known);
      const sound = await known;
      if (!sound.ok) return sound;
    }
    const done = await next(step);
    // It was hashed just now.
    if (done.ok) looked.set(nameOf(done.value.tree, 'content'), Promise.resolve(ok(undefined)));
    return done;
  };
}
