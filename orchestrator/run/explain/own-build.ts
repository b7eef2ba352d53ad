import { join } from 'node:path';
import { defined } from '../../core/defined.ts';
import type { NodeOutcome } from '../../engine/run.ts';
import type { NodeId } from '../../plan/node-base.ts';
import type { GoBuildNode } from '../../plan/node-go.ts';
import type { PlannedProject } from '../../plan/plan.ts';
import type { Store } from '../../store/store.ts';
import type { OwnBuild } from '../../verdict/explain/suspect.ts';
import type { Variant } from '../../verdict/explain/variant.ts';
import type { FileVerdict } from '../../verdict/verify/verdict.ts';

/** Our own program: where it is, and how it was built. Undefined where the run did not make it. */
export function ownBuildOf(
  file: FileVerdict,
  planned: PlannedProject,
  outcomes: ReadonlyMap<NodeId, NodeOutcome>,
  store: Pick<Store, 'treePath'>,
  variants: readonly Variant[],
): { readonly path: string; readonly own: OwnBuild } | undefined {
  if (planned.state.kind !== 'planned') return undefined;
  const node = planned.state.builds.find(({ id }) => id === file.node);
  const outcome = node === undefined ? undefined : outcomes.get(node.id);
  // What scripts make is not explained: no go command of ours made it.
  if (node?.kind !== 'go-build' || outcome?.tree === undefined) return undefined;
  const own = { ...plannedBuildOf(planned, node, variants), values: linkedValues(outcome) };
  return { path: join(store.treePath(outcome.tree), file.name), own };
}

/** What a plan alone says of how a program is built. */
export function plannedBuildOf(
  { locked }: Pick<PlannedProject, 'locked'>,
  node: GoBuildNode,
  variants: readonly Variant[],
): OwnBuild {
  return {
    commit: locked.commit,
    values: new Map(),
    words: wordsOf(node),
    flags: node.flags.filter((flag) => !/^-(trimpath$|mod=|buildvcs=)/.test(flag)),
    hasPatches: locked.patches.length > 0,
    ...defined({ layout: node.layout }),
    variants,
  };
}

/** The values of `-X` in the command that was run, where placeholders are filled in. */
function linkedValues({ commands }: NodeOutcome): ReadonlyMap<string, string> {
  const argv = commands.at(-1)?.argv ?? [];
  const text = argv[argv.indexOf('-ldflags') + 1] ?? '';
  return new Map([...text.matchAll(/-X ([^\s=]+)=(\S*)/g)].map(([, name = '', value = '']) => [name, value]));
}

/** The words of `-ldflags` before the first `-X`. */
function wordsOf({ ldflags }: GoBuildNode): readonly string[] {
  const at = ldflags.indexOf('-X');
  return at === -1 ? ldflags : ldflags.slice(0, at);
}
