import { exitCode } from '../../core/exit-code.ts';
import { failureHeadline } from '../../core/failure-headline.ts';
import { countOf } from '../../core/numbers.ts';
import { unreachable } from '../../core/unreachable.ts';
import { type NodeState, stateOf, type WhyDue } from '../../engine/state.ts';
import type { Host } from '../../host.ts';
import type { PipelineSystem } from '../../pipeline/render.ts';
import { criticalPath } from '../../plan/graph.ts';
import type { BuildNode } from '../../plan/node.ts';
import type { NodeId } from '../../plan/node-base.ts';
import type { Plan, PlannedProject } from '../../plan/plan.ts';
import { leftOutText } from '../../report/left-out.ts';
import { type Prepared, type PrepareOptions, prepare } from '../../run/prepare/prepare.ts';
import { openShared } from '../../run/shared/open-shared.ts';
import type { PlannedCommands } from '../../run/shown/commands.ts';
import { inputsOn } from '../../run/wiring/tasks.ts';
import { openWorkspaceStore } from '../../run/wiring/tools.ts';
import { secondsOf } from '../../task/kinds.ts';
import type { Workspace } from '../../workspace/workspace.ts';
import { reportFailure } from '../words/report-failure.ts';
import { planAsDot, planAsJson } from './formats.ts';

export interface PlanOptions extends PrepareOptions {
  readonly dot?: boolean;
  readonly json?: boolean;
  /** Shows commands: those of the method that is asked for, or of every one. */
  readonly commands?: boolean;
  /** Writes it for another system that runs it. */
  readonly as?: PipelineSystem;
}

/**
 * `eksd-rebuild plan RELEASE`: the graph, what of it is in the store, here or where machines share one, and why the rest is not. Runs
 * nothing, and fetches nothing but what the shared store has under the names of results.
 */
export async function plan(release: string, options: PlanOptions, host: Host): Promise<number> {
  const prepared = await prepare(release, options, host);
  if (!prepared.ok) return reportFailure(prepared.error, host);
  if (options.as !== undefined) return writePipeline(prepared.value, options.as, host);
  const store = await openWorkspaceStore(prepared.value.workspace, host, { isForLooking: true });
  if (!store.ok) return reportFailure(store.error, host);
  const { workspace, plan: planned } = prepared.value;
  // Commands are shown with what is in sources, which is here or is not shown.
  const shared = await openShared(
    store.value,
    options.commands === true ? local(workspace) : workspace,
    host,
    {
      isForLooking: true,
    },
  );
  try {
    if (!shared.ok) return reportFailure(shared.error, host);
    const { lookup, find = lookup, lastResult } = shared.value.store;
    const states = await stateOf(planned.graph, inputsOn(host), { lookup: find, lastResult });
    await shared.value.close();
    const commands = options.commands === true ? await import('../../run/shown/commands.ts') : undefined;
    const shown = await commands?.commandsOf(prepared.value.planInput, options.method, states, store.value);
    host.stdout.write(await textOf(release, prepared.value, states, shown, options));
    return exitCode.identical;
  } finally {
    await store.value.close();
  }
}

const local = (workspace: Workspace): Workspace => ({ ...workspace, store: {} });

/** `--as`. What a plan leaves open no pipeline makes: that is told beside it. */
async function writePipeline(
  { lock, plan: planned, workspace }: Prepared,
  system: PipelineSystem,
  host: Host,
): Promise<number> {
  const { makePipeline } = await import('../../run/cluster/pipeline.ts');
  const pipeline = await makePipeline(lock.release, planned.graph, workspace, host);
  if (!pipeline.ok) return reportFailure(pipeline.error, host);
  const { renderPipeline } = await import('../../pipeline/render.ts');
  host.stdout.write(renderPipeline(pipeline.value, system));
  for (const { project, why } of unplanned(planned)) host.stderr.write(`Not in it: ${project}, ${why}\n`);
  return exitCode.identical;
}

async function textOf(
  release: string,
  prepared: Pick<Prepared, 'plan' | 'selection'>,
  states: ReadonlyMap<NodeId, NodeState>,
  commands: PlannedCommands | undefined,
  { json = false, dot = false }: PlanOptions,
): Promise<string> {
  const { plan: planned, selection } = prepared;
  const { leftOut } = selection;
  if (json) {
    const shown = commands === undefined ? {} : { commands: commands.shown };
    return `${JSON.stringify({ ...planAsJson(release, planned, states), leftOut, ...shown }, null, 2)}\n`;
  }
  if (commands !== undefined) {
    const { commandsText } = await import('../../report/reproduce/commands-text.ts');
    return commandsText(commands.shown, unplanned(commands.plan));
  }
  return dot ? planAsDot(release, planned, states) : render(planned, states, leftOutText(leftOut));
}

/** Projects without a node, and why. */
function unplanned(plan: Plan): readonly { readonly project: string; readonly why: string }[] {
  return plan.projects.flatMap((planned) => {
    const why = whyUnplanned(planned);
    return why === undefined ? [] : [{ project: planned.project, why }];
  });
}

function render(plan: Plan, states: ReadonlyMap<NodeId, NodeState>, leftOut: string | undefined): string {
  const lines: string[] = [];
  const nodes = [...plan.graph.nodes.values()];
  const others = unplanned(plan);
  const width = Math.max(
    0,
    ...[...nodes.map(({ id }) => id), ...others.map(({ project }) => project)].map((name) => name.length),
  );
  for (const node of nodes) lines.push(`${node.id.padEnd(width)}  ${stateText(states.get(node.id))}`);
  for (const { project, why } of others) lines.push(`${project.padEnd(width)}  ${why}`);
  const due = nodes.filter((node) => states.get(node.id)?.status !== 'cached');
  if (leftOut !== undefined) lines.push('', leftOut);
  const counts = `${countOf(nodes.length, 'task')}, ${nodes.length - due.length} cached, ${due.length} to do`;
  const open = plan.projects.filter(isOpen).map(({ project }) => project);
  lines.push('', open.length === 0 ? counts : `${counts}, without those of ${open.join(', ')}`);
  if (open.length > 0) lines.push('How many those are is known once a run has looked up their tags.');
  const path = criticalPath(plan.graph, (node) => cost(node, states));
  if (path.cost > 0) {
    const words = path.nodes.filter((node) => cost(node, states) > 0).map((node) => node.id);
    lines.push(`Critical path, about ${Math.round(path.cost)} s: ${words.join(' -> ')}`);
  }
  return `${lines.join('\n')}\n`;
}

/** A plan asks nobody: what its tag points at is looked up by a run. */
function isOpen({ state, locked }: Pick<PlannedProject, 'state' | 'locked'>): boolean {
  return state.kind === 'failure' && locked.commit === 'unresolved';
}

function whyUnplanned({ state, locked }: PlannedProject): string | undefined {
  switch (state.kind) {
    case 'planned':
      return undefined;
    case 'no-recipe':
      return 'not built: there is no recipe for it yet';
    case 'failure':
      if (isOpen({ state, locked })) return `to do: a run looks up first what tag ${locked.tag} points at`;
      return `cannot be built: ${failureHeadline(state.failure)}`;
    default:
      return unreachable(state);
  }
}

function cost(node: BuildNode, states: ReadonlyMap<NodeId, NodeState>): number {
  return states.get(node.id)?.status === 'cached' ? 0 : secondsOf(node);
}

function stateText(state: NodeState | undefined): string {
  if (state === undefined) return 'not looked at';
  return state.status === 'cached' ? 'cached' : whyText(state.why);
}

/** Why a node is not cached, in a few words. */
function whyText(why: WhyDue): string {
  switch (why.reason) {
    case 'never-built':
      return 'to do: never built';
    case 'inputs-differ':
      return `to do: differs from its last build in ${why.members.join(', ')}`;
    case 'files-gone':
      return 'to do: its files are gone from the store';
    case 'needs':
      return `to do: needs ${why.node}`;
    default:
      return unreachable(why);
  }
}
