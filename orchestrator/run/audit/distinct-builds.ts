import type { Expectation, Lock } from '../../config/lock/lock.ts';
import { byCodeUnit } from '../../core/canonical-json.ts';
import { type Digest, digestOfJson } from '../../core/digest.ts';
import type { ReleaseName } from '../../core/names.ts';
import type { Platform } from '../../core/platform.ts';
import { plannedKeys } from '../../engine/planned-keys.ts';
import { makeGraph } from '../../plan/graph.ts';
import type { BuildNode, Graph } from '../../plan/node.ts';
import type { NodeId } from '../../plan/node-base.ts';
import type { Plan, PlannedProject } from '../../plan/plan.ts';
import { readCommit } from '../../plan/subject.ts';
import { factsOf } from '../../task/kinds.ts';

/** A project of a release, as it is planned. */
export interface Use {
  readonly release: ReleaseName;
  /** RFC 3339. */
  readonly date: string;
  readonly planned: PlannedProject;
  readonly isSelected: (platform: Platform) => boolean;
}

/** When a release was published. A lock that says neither of its two commits was made by hand, and is of no day. */
export function dateOf(lock: Pick<Lock, 'upstream'>): string {
  return readCommit(lock)?.date ?? '1970-01-01T00:00:00Z';
}

/** What decides the files of a project in every release that has it built of the same. */
export interface DistinctBuild {
  /** See `FileRecord`. */
  readonly digest: Digest;
  readonly project: string;
  /** The tasks that it takes, as they are called in the first of the releases. */
  readonly graph: Graph<BuildNode>;
  readonly uses: readonly Use[];
}

/** Whoever builds, on whatever machine, says the same of what a build is made of. */
const anyMachine = 'linux/amd64' as Platform;

/** What stands for all that each project's build depends on, by project. */
export function buildDigests({
  graph,
  projects,
}: Pick<Plan, 'graph' | 'projects'>): ReadonlyMap<string, Digest> {
  const keys = plannedKeys<BuildNode>(graph, (node, needs) => factsOf(node).inputs(node, needs, anyMachine));
  const digests = new Map<string, Digest>();
  for (const { project, state } of projects) {
    if (state.kind !== 'planned' || state.builds.length === 0) continue;
    const builds = state.builds.map(({ id }) => [id, keys.get(id) ?? null] as const);
    digests.set(project, digestOfJson(builds.sort(([a], [b]) => byCodeUnit(a, b))));
  }
  return digests;
}

/** Gathers uses by what they are built of, and those for which nothing can be built. */
export function newGathering() {
  const builds = new Map<Digest, DistinctBuild & { readonly uses: Use[] }>();
  const unbuildable: Use[] = [];
  const patched = new Set<string>();
  return {
    unbuildable,
    /** Projects with patches of the user's own: what comes of those says nothing of what was published. */
    patched,
    add(release: Omit<Use, 'planned'>, plan: Plan): void {
      const digests = buildDigests(plan);
      for (const planned of plan.projects) {
        if (planned.hasUserPatches) {
          patched.add(planned.project);
          continue;
        }
        const use = { ...release, planned };
        const digest = digests.get(planned.project);
        const known = digest && builds.get(digest);
        if (known) known.uses.push(use);
        else if (digest !== undefined)
          builds.set(digest, {
            ...{ digest, project: planned.project, uses: [use] },
            graph: graphOf(planned, plan.graph),
          });
        else if (expectationsOf(use).length > 0) unbuildable.push(use);
      }
    },
    builds: (): readonly DistinctBuild[] => [...builds.values()],
  };
}

/** The tasks that a project's builds take. */
function graphOf({ state }: PlannedProject, graph: Graph<BuildNode>): Graph<BuildNode> {
  const nodes = new Map<NodeId, BuildNode>();
  const follow = (id: NodeId): void => {
    const node = graph.nodes.get(id);
    if (node === undefined || nodes.has(id)) return;
    nodes.set(id, node);
    node.needs.forEach(follow);
  };
  if (state.kind === 'planned') for (const { id } of state.builds) follow(id);
  return makeGraph([...nodes.values()]);
}

/** The published files of a use that are asked for. */
export function expectationsOf({ planned, isSelected }: Use): readonly Expectation[] {
  return (planned.locked.checksums?.files ?? []).filter(({ platform }) => isSelected(platform));
}

/** In the order in which they are worth building: what the newest release has, and of that, what decides most files. */
export function inOrder(builds: readonly DistinctBuild[]): readonly DistinctBuild[] {
  const weighed = builds.map((build) => ({
    build,
    newest: Math.max(...build.uses.map(({ date }) => Date.parse(date))),
    files: filesOf(build),
  }));
  return weighed
    .sort((a, b) => b.newest - a.newest || b.files - a.files || byCodeUnit(a.build.digest, b.build.digest))
    .map(({ build }) => build);
}

export function filesOf({ uses }: Pick<DistinctBuild, 'uses'>): number {
  return uses.reduce((sum, use) => sum + expectationsOf(use).length, 0);
}

/** The part of many machines that each does: by what is built alone, so that none has to know what the others did. */
export interface Shard {
  /** From 1. */
  readonly index: number;
  readonly count: number;
}

export function isOfShard({ digest }: Pick<DistinctBuild, 'digest'>, { index, count }: Shard): boolean {
  return Number.parseInt(digest.slice(0, 12), 16) % count === index - 1;
}
