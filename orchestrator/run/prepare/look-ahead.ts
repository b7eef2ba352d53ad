import type { Say } from '../../core/event.ts';
import { exitCodeOf, gravest } from '../../core/exit-code.ts';
import type { Failure } from '../../core/failure.ts';
import { failureHeadline } from '../../core/failure-headline.ts';
import { err, ok, type Result } from '../../core/result.ts';
import type { Host } from '../../host.ts';
import type { PlannedImage } from '../../plan/images.ts';
import type { BuildNode, Graph } from '../../plan/node.ts';
import type { NodeId } from '../../plan/node-base.ts';
import { askAhead, type WhyNot } from '../wiring/ask-ahead.ts';
import type { Processes } from '../wiring/tools.ts';
import type { OpenRun } from './open-run.ts';
import type { Prepared } from './prepare.ts';

/** What a command wants to be so before programs are compiled for its images. */
export interface AskedAhead {
  /** Whether images are of no use to it where one of them cannot be made. */
  readonly needsAll: boolean;
  /** Asks for what would end the command after the images were made. */
  readonly check: (prepared: Prepared, around: Around) => Promise<Result<void, Failure>>;
}

interface Around {
  readonly processes: Processes;
  readonly say: Say;
  readonly host: Host;
}

/**
 * Ends a command that would compile programs, which takes minutes, for images that cannot be made: all of them, or, where all are
 * needed, one. Where others can be made, it only says so. Nothing is asked where nothing has to be compiled: then there is no wait.
 * Errors: the gravest of why not; those of opening the tools; those of `AskedAhead.check`.
 */
export async function checkAhead(
  prepared: Prepared,
  run: Pick<OpenRun, 'due' | 'tools'>,
  asked: AskedAhead | undefined,
  around: Around,
): Promise<Result<void, Failure>> {
  const { plan, planInput } = prepared;
  const { say, host } = around;
  const due = await run.due(plan.graph);
  if (![...due.values()].some(isCompiled)) return ok(undefined);
  const tools = await run.tools();
  if (!tools.ok) return tools;
  const wanted = plan.images.filter(({ image }) => planInput.images?.isWanted(image) === true);
  const ask = askAhead(tools.value, host.signal, say);
  const whyNot: WhyNot = async (node) => (due.has(node.id) ? ask(node) : undefined);
  const failures = await whyNotMade(wanted, plan.graph, whyNot);
  say('');
  const worst = gravest([...failures.values()].map(({ reason }) => exitCodeOf(reason)));
  const cause = [...failures.values()].find(({ reason }) => exitCodeOf(reason) === worst);
  if (cause !== undefined && (asked?.needsAll === true || failures.size === wanted.length)) {
    host.stderr.write(`Nothing is compiled: ${[...failures.keys()].join(', ')} cannot be made.\n`);
    return err(cause);
  }
  for (const [image, failure] of failures)
    host.stderr.write(`${image} will not be made: ${failureHeadline(failure)}\n`);
  const checked = (await asked?.check(prepared, around)) ?? ok(undefined);
  say('');
  return checked;
}

/** C programs and images are built in seconds. */
function isCompiled({ kind }: BuildNode): boolean {
  return kind === 'go-build' || kind === 'script-build';
}

/** What is missing for each image that cannot be made, by its name. */
async function whyNotMade(
  images: readonly PlannedImage[],
  graph: Graph<BuildNode>,
  whyNot: WhyNot,
): Promise<ReadonlyMap<string, Failure>> {
  const failures = new Map<string, Failure>();
  for (const { image, state } of images) {
    const failure = state.kind === 'failure' ? state.failure : await whyNotBelow(state.index, graph, whyNot);
    if (failure !== undefined) failures.set(image, failure);
  }
  return failures;
}

/** The first thing that is missing for a node and for all that it needs. With `--fresh`, what a cached node needs may be made again. */
async function whyNotBelow(
  id: NodeId,
  { nodes }: Graph<BuildNode>,
  whyNot: WhyNot,
): Promise<Failure | undefined> {
  const ids = new Set([id]);
  // A set gives what is added while it is gone through.
  for (const each of ids) {
    const node = nodes.get(each);
    if (node === undefined) continue;
    const failure = await whyNot(node);
    if (failure !== undefined) return failure;
    for (const need of node.needs) ids.add(need);
  }
  return undefined;
}
