import { resolve } from 'node:path';
import type { DistributionName } from '../../config/base/distribution.ts';
import type { Say } from '../../core/event.ts';
import { exitCodeOf, gravest } from '../../core/exit-code.ts';
import type { Failure } from '../../core/failure.ts';
import { failureHeadline } from '../../core/failure-headline.ts';
import type { Platform } from '../../core/platform.ts';
import { err, ok, type Result } from '../../core/result.ts';
import type { NodeOutcome } from '../../engine/run.ts';
import type { Host } from '../../host.ts';
import type { NamedImage } from '../../oci/image/export-layout.ts';
import { readImageTree } from '../../oci/image/image-tree.ts';
import { makeGraph } from '../../plan/graph.ts';
import { imagePlatforms } from '../../plan/image-nodes.ts';
import type { BuildNode, Graph } from '../../plan/node.ts';
import type { NodeId } from '../../plan/node-base.ts';
import { type LeftOut, leftOutText } from '../../report/left-out.ts';
import { checkFree, layOutImages } from '../../run/deliver/lay-out-images.ts';
import { chooseReporter, proseOn } from '../../run/deliver/reporter.ts';
import { capacitiesOf } from '../../run/prepare/limits.ts';
import { type OpenRun, openRun } from '../../run/prepare/open-run.ts';
import type { RebuildOptions } from '../../run/rebuild.ts';
import { askAhead } from '../../run/wiring/ask-ahead.ts';
import { openOwnBases } from '../../run/wiring/own-bases.ts';
import { openRegistries } from '../../run/wiring/registries.ts';
import { createTagResolver, tellingResolver } from '../../run/wiring/resolve-tag.ts';
import { openGitProcesses, type Processes } from '../../run/wiring/tools.ts';
import { type ChosenNames, chooseNames } from '../../workspace/choose-names.ts';
import { type GlobalOptions, openWorkspace, type Workspace } from '../../workspace/workspace.ts';
import { reportFailure } from '../words/report-failure.ts';

export interface BaseBuildOptions
  extends GlobalOptions,
    Pick<RebuildOptions, 'platform' | 'jobs' | 'fresh' | 'requireSandbox' | 'log'> {
  readonly distribution?: DistributionName;
  /** Where an OCI layout goes: a folder, or a file that ends in .tar. */
  readonly output?: string;
}

/** `eksd-rebuild base build [NAME...]`: makes base images from their locked packages, and says their digests. */
export async function baseBuild(
  names: readonly string[],
  options: BaseBuildOptions,
  host: Host,
): Promise<number> {
  const output = options.output === undefined ? undefined : resolve(host.cwd, options.output);
  const free = output === undefined ? ok(undefined) : await checkFree(output, host);
  if (!free.ok) return reportFailure(free.error, host);
  const workspace = await openWorkspace(options, host);
  if (!workspace.ok) return reportFailure(workspace.error, host);
  const processes = await openGitProcesses(host, workspace.value);
  if (!processes.ok) return reportFailure(processes.error, host);
  const reporter = await chooseReporter(options.log, host);
  const { say } = reporter;
  const planned = await planBases(names, workspace.value, processes.value, options, { host, say });
  say('');
  if (!planned.ok) return reportFailure(planned.error, host);
  const codes = planned.value.failures.map((failure) => reportFailure(failure, host));
  if (planned.value.indexes.size === 0) return gravest(codes);
  const capacities = capacitiesOf(workspace.value, options.jobs);
  if (!capacities.ok) return reportFailure(capacities.error, host);
  const run = await openRun(workspace.value, processes.value, capacities.value, options, host);
  if (!run.ok) return reportFailure(run.error, host);
  try {
    const graph = makeGraph([...planned.value.nodes.values()]);
    const lacking = await whyNothing(graph, run.value, say, host);
    say('');
    if (lacking !== undefined) return reportFailure(lacking, host);
    const outcomes = await run.value.run(graph, reporter.onEvent).finally(() => reporter.close());
    if (host.signal.aborted) return reportFailure({ reason: 'aborted' }, host);
    const speaker = { ...host, stdout: proseOn(options.log, host) };
    return await show(planned.value, outcomes, run.value, output, { host: speaker, say });
  } finally {
    await run.value.close();
  }
}

/** What is missing for one is missing for all of them: they stand on the same, and are built by the same. */
async function whyNothing(
  graph: Graph<BuildNode>,
  run: OpenRun,
  say: Say,
  host: Host,
): Promise<Failure | undefined> {
  const due = await run.due(graph);
  if (due.size === 0) return undefined;
  const tools = await run.tools();
  if (!tools.ok) return tools.error;
  const whyNot = askAhead(tools.value, host.signal, say);
  for (const node of due.values()) {
    const failure = await whyNot(node);
    if (failure !== undefined) return failure;
  }
  return undefined;
}

interface PlannedBases {
  readonly nodes: ReadonlyMap<NodeId, BuildNode>;
  /** By name. */
  readonly indexes: ReadonlyMap<string, NodeId>;
  /** Why others cannot be planned. */
  readonly failures: readonly Failure[];
  readonly distribution: DistributionName;
  readonly leftOut: LeftOut;
}

async function planBases(
  names: readonly string[],
  workspace: Workspace,
  { run }: Processes,
  options: BaseBuildOptions,
  { host, say }: { readonly host: Host; readonly say: Say },
): Promise<Result<PlannedBases, Failure>> {
  const distribution = options.distribution ?? 'al2';
  const platforms = choosePlatforms(options.platform);
  if (!platforms.ok) return platforms;
  const registries = openRegistries(workspace, run, host, { pushes: false });
  const resolve = tellingResolver(createTagResolver(registries, workspace.mirrors), say);
  const own = await openOwnBases(
    workspace,
    { distribution, platforms: platforms.value.names, resolve },
    host,
  );
  if (!own.ok) return own;
  const chosen = own.value.choose(names);
  if (!chosen.ok) return chosen;
  const nodes = new Map<NodeId, BuildNode>();
  const indexes = new Map<string, NodeId>();
  const failures: Failure[] = [];
  for (const name of chosen.value.names) {
    const index = await own.value.add(name, nodes);
    if (index.ok) indexes.set(name, index.value);
    else failures.push(index.error);
  }
  const leftOut = { projects: [], platforms: platforms.value.leftOut, images: chosen.value.leftOut };
  return ok({ nodes, indexes, failures, distribution, leftOut });
}

function choosePlatforms(words: readonly string[] = []): Result<ChosenNames<Platform>, Failure> {
  const help = `The platforms of base images are ${imagePlatforms.join(', ')}.`;
  return chooseNames(words, {
    ...{ option: '--platform', all: imagePlatforms },
    unknown: (name) => ({ reason: 'unknown-name', what: 'platform', name, nearest: [], help }),
  });
}

async function show(
  { indexes, distribution, leftOut, ...planned }: PlannedBases,
  outcomes: ReadonlyMap<NodeId, NodeOutcome>,
  { store }: OpenRun,
  output: string | undefined,
  { host, say }: { readonly host: Host; readonly say: Say },
): Promise<number> {
  const made: NamedImage[] = [];
  const failures = [...planned.failures];
  for (const [name, index] of indexes) {
    const outcome = outcomes.get(index);
    const tree =
      outcome?.tree === undefined
        ? err(failureOf(outcome, outcomes))
        : await readImageTree(store.treePath(outcome.tree), name);
    if (!tree.ok) {
      failures.push(tree.error);
      host.stdout.write(`✖ ${name} on ${distribution}: ${failureHeadline(tree.error)}\n`);
      continue;
    }
    made.push({ name: `${name}:${distribution}`, tree: tree.value });
    host.stdout.write(`✔ ${name} on ${distribution}  ${tree.value.descriptor.digest}\n`);
  }
  const others = leftOutText(leftOut);
  if (others !== undefined) host.stderr.write(`${others}\n`);
  const written = output === undefined ? ok(undefined) : await layOutImages(made, output, say, host);
  if (!written.ok) return reportFailure(written.error, host);
  return gravest(failures.map(({ reason }) => exitCodeOf(reason)));
}

function failureOf(outcome: NodeOutcome | undefined, outcomes: ReadonlyMap<NodeId, NodeOutcome>): Failure {
  const end = outcome?.end;
  const cause = end?.status === 'skipped' ? outcomes.get(end.because as NodeId)?.end : end;
  return cause?.status === 'failed' ? cause.failure : { reason: 'aborted' };
}
