import { defined } from '../../core/defined.ts';
import type { Failure } from '../../core/failure.ts';
import { isPlatform, type Platform } from '../../core/platform.ts';
import type { Result } from '../../core/result.ts';
import type { RunOptions } from '../../engine/run.ts';
import type { Host } from '../../host.ts';
import type { BuildNode } from '../../plan/node.ts';
import { factsOf, secondsOf } from '../../task/kinds.ts';
import type { Deed, Inputs, TaskContext } from '../../task/task.ts';
import type { Tools } from '../../task/tools.ts';
import type { Workspace } from '../../workspace/workspace.ts';

/** What keys are made of on this machine. */
export function inputsOn(host: Host): Inputs<BuildNode> {
  const platform = platformOf(host);
  return (node, needs) => factsOf(node).inputs(node, needs, platform);
}

/** Milliseconds: what could not be had is asked for once a day. */
const askedAgainAfter = 86_400_000;

interface KindOptions {
  readonly isFresh: boolean;
  readonly isRechecked: boolean;
  readonly limits: Workspace['limits'];
}

/** What the engine is told of nodes, whatever their kind. @param open see `deedWith`. */
export function kindsOn(
  host: Host,
  open: () => Promise<Result<Tools, Failure>>,
  { isFresh, isRechecked, limits }: KindOptions,
): { readonly deed: Deed<BuildNode> } & Required<
  Pick<RunOptions<BuildNode>, 'inputsOf' | 'demandOf' | 'weightOf' | 'isReusable' | 'isDue' | 'depths'>
> {
  return {
    inputsOf: inputsOn(host),
    deed: deedWith(open, limits),
    demandOf: (node) => factsOf(node).demand(node),
    weightOf: secondsOf,
    isReusable: (node) => !isFresh || !factsOf(node).isRemade,
    isDue: ({ asked }) => isFresh || isRechecked || Math.abs(host.now() - asked) > askedAgainAfter,
    depths: {
      ofResult: (node) => (isRechecked ? 'content' : factsOf(node).depths.ofResult),
      ofNeeds: (node) => factsOf(node).depths.ofNeeds,
    },
  };
}

/** @param open gives the tools of all deeds; called when the first node is really run. @param limits of the settings. */
export function deedWith(
  open: () => Promise<Result<Tools, Failure>>,
  limits?: Workspace['limits'],
): Deed<BuildNode> {
  return async (node, context) => {
    const tools = await open();
    if (!tools.ok) return tools;
    const { run, network } = factsOf(node);
    const within = limits === undefined ? context : withLimits(context, limits, network);
    return run(node, network === 'none' ? withoutNetwork(node, within) : within, tools.value);
  };
}

/**
 * Keeps a deed's commands within limits. What runs or compiles foreign code, and has no network, takes no more than its share: to put
 * each of a fetch's many short commands into a control group would take longer than they do.
 */
function withLimits(
  context: TaskContext,
  { memoryBytes, processes, minutes }: Workspace['limits'],
  network: 'all' | 'builder' | 'none',
): TaskContext {
  const shared = network === 'none' ? { memory: memoryBytes, processes } : undefined;
  const limits = { seconds: minutes * 60, ...defined({ shared }) };
  return { ...context, run: (command) => context.run({ limits, ...command }) };
}

/** @throws Error where a kind that has no network runs a command that may use it: a bug of the kind. */
export function withoutNetwork({ id }: BuildNode, context: TaskContext): TaskContext {
  return {
    ...context,
    run(command) {
      if (command.network !== 'none')
        throw new Error(`${id} has no network, and runs ${command.program} with it`);
      return context.run(command);
    },
  };
}

/** @throws TypeError on a machine that Go has no name for. */
export function platformOf({ platform }: Host): Platform {
  if (!isPlatform(platform)) throw new TypeError(`not a platform: ${platform}`);
  return platform;
}
