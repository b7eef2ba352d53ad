import type { Lock } from '../../config/lock/lock.ts';
import type { LockedKubernetes } from '../../config/project/kubernetes.ts';
import type { FoundPlaceholder } from '../../config/project/placeholders.ts';
import { defined } from '../../core/defined.ts';
import { asDigest } from '../../core/digest.ts';
import type { NodeState } from '../../engine/state.ts';
import type { BuildNode } from '../../plan/node.ts';
import type { NodeId } from '../../plan/node-base.ts';
import type { SourceNode } from '../../plan/node-go.ts';
import { type Plan, type PlanInput, planRelease } from '../../plan/plan.ts';
import type { BuildMethod } from '../../plan/script-nodes.ts';
import { factName, type ShownCommand, type ShownNode, type ShownStep } from '../../report/reproduce/shown.ts';
import type { Store } from '../../store/store.ts';
import { type CompilingNode, knownOf, type Step, stepsOf } from '../../task/node-commands.ts';
import type { FillPlaceholder } from '../../task/source/facts.ts';
import { hermeticGitEnvironment } from '../../tool/git/environment.ts';
import type { Command } from '../../tool/process/process.ts';

export interface PlannedCommands {
  readonly shown: readonly ShownNode[];
  /** What they were planned by. */
  readonly plan: Plan;
}

/**
 * The commands of everything that compiles, by the method that was asked for, or by every one. A source that nobody could
 * reach is planned for all the same.
 */
export async function commandsOf(
  planInput: PlanInput,
  method: BuildMethod | undefined,
  states: ReadonlyMap<NodeId, NodeState>,
  store: Pick<Store, 'treePath'>,
): Promise<PlannedCommands> {
  const { lock } = planInput;
  const tools = planInput.method?.tools ?? new Map();
  const planBy = (name: BuildMethod) =>
    planRelease({ ...planInput, lock: assumed(lock), method: { name, tools } });
  const shown: ShownNode[] = [];
  for (const name of method === undefined ? (['direct', 'scripts'] as const) : [method]) {
    const { graph } = planBy(name);
    for (const node of graph.nodes.values()) {
      // What has no scripts goes one way only.
      const isNew = method !== undefined || name === 'direct' || isScripted(node);
      if (isCompiling(node) && isNew) shown.push(await show(node, graph.nodes, states, store, lock));
    }
  }
  return { shown, plan: planBy(method ?? 'direct') };
}

/** Whether the checkout names the Go, and nobody has read it there. */
function isGoUnknown(project: string, { projects }: Lock): boolean {
  return projects[project]?.kubernetes?.go.state === 'unresolved';
}

/** A lock in which all is known that commands do not depend on, or show by a name. */
function assumed(lock: Lock): Lock {
  const projects = Object.entries(lock.projects).map(([name, project]) => {
    const { commit, patches, kubernetes } = project;
    const known = {
      commit: commit === 'unresolved' ? '$COMMIT' : commit,
      patches: patches.map((patch) => ({ ...patch, sha256: someDigest })),
      ...defined({ kubernetes: kubernetes && withGo(kubernetes) }),
    };
    return [name, { ...project, ...known }] as const;
  });
  return { ...lock, projects: Object.fromEntries(projects) };
}

const someDigest = asDigest('0'.repeat(64));

function withGo({ go, ...others }: LockedKubernetes): LockedKubernetes {
  return { ...others, go: { ...go, state: 'known' } };
}

/** Whether it makes programs in the place of a go command of our own. */
function isScripted(node: BuildNode): boolean {
  return node.kind === 'script-build' && 'compiles' in node;
}

function isCompiling(node: BuildNode): node is CompilingNode {
  return node.kind === 'go-build' || node.kind === 'script-build';
}

async function show(
  node: CompilingNode,
  nodes: ReadonlyMap<NodeId, BuildNode>,
  states: ReadonlyMap<NodeId, NodeState>,
  store: Pick<Store, 'treePath'>,
  lock: Lock,
): Promise<ShownNode> {
  const treeOf = (id: NodeId) => {
    const state = states.get(id);
    return state?.status === 'cached' ? store.treePath(state.tree) : undefined;
  };
  const source = nodes.get(node.source);
  const toolchainTitle = nodes.get(node.toolchain)?.title ?? node.toolchain;
  const isNamed = node.projects.some((project) => isGoUnknown(project, lock));
  const toolchain = isNamed ? 'the one that .go-version of the checkout names' : toolchainTitle;
  return shownNode(node, toolchain, unknownOf(source?.kind === 'source' ? source : undefined), treeOf);
}

/**
 * The commands of one node. @param unknown what stands for what only the source can say.
 * @param treeOf the folder of a need's output, where it is there.
 */
export async function shownNode(
  node: CompilingNode,
  toolchain: string,
  unknown: FillPlaceholder,
  treeOf: (id: NodeId) => string | undefined = () => undefined,
): Promise<ShownNode> {
  const folders = {
    tree: (id: NodeId) => treeName(id, node),
    ...{ scratch: '$SCRATCH', output: '$OUT', git: '$GIT', buildCache: '$BUILD_CACHE' },
    gitEnv: hermeticGitEnvironment('/usr/bin:/bin'),
  };
  return {
    node: node.id,
    method: isScripted(node) ? 'scripts' : 'direct',
    toolchain,
    ...(node.kind === 'go-build' ? {} : { tools: node.tools.map(({ name }) => name) }),
    steps: stepsOf(node, await knownOf(node, treeOf, unknown), folders).map(shownStep),
  };
}

/** What stands for the output of a need. */
function treeName(id: NodeId, node: CompilingNode): string {
  if (id === node.toolchain) return '$TOOLCHAIN';
  if (id === node.source) return '$SOURCE';
  return node.kind === 'go-build' && id === node.generated ? '$GENERATED' : '$MODULES';
}

function shownStep(step: Step): ShownStep {
  if (step.kind === 'command') return { kind: step.kind, ...shownCommand(step.command) };
  return { ...step, path: named(step.path) };
}

function shownCommand({ program, args, cwd, env, mounted }: Command): ShownCommand {
  const entries = Object.entries(env).map(([name, value]) => [name, named(value)]);
  return {
    argv: [program, ...args].map(named),
    cwd: named(cwd),
    env: Object.fromEntries(entries),
    ...defined({ at: mounted?.at }),
  };
}

function named(text: string): string {
  return text.replaceAll('$TOOLCHAIN/go', '$GOROOT').replaceAll('$SCRATCH/source', '$CHECKOUT');
}

/** What stands for what a source that is not there would say; its tag, and mostly its commit, are in the lock. */
function unknownOf(source: SourceNode | undefined): FillPlaceholder {
  return ({ name, length }: FoundPlaceholder) => {
    if (source !== undefined && name === 'tag') return source.tag;
    if (source !== undefined && name === 'tag.bare') return source.tag.replace(/^v/, '');
    if (source !== undefined && name === 'commit') return source.commit;
    return `$${factName(name)}${length === undefined ? '' : `_${length}`}`;
  };
}
