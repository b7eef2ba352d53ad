import type { Failure } from '../../core/failure.ts';
import { isPlatform, type Platform } from '../../core/platform.ts';
import type { Result } from '../../core/result.ts';
import type { RunOptions } from '../../engine/run.ts';
import type { Host } from '../../host.ts';
import type { BuildNode } from '../../plan/node.ts';
import { factsOf } from '../../task/kinds.ts';
import type { Deed, Inputs, TaskContext } from '../../task/task.ts';
import type { Tools } from '../../task/tools.ts';

/** What keys are made of on this machine. */
export function inputsOn(host: Host): Inputs<BuildNode> {
  const platform = platformOf(host);
  return (node, needs) => factsOf(node).inputs(node, needs, platform);
}

/** What the engine is told of nodes, whatever their kind. @param open see `deedWith`. */
export function kindsOn(
  host: Host,
  open: () => Promise<Result<Tools, Failure>>,
  { isFresh, isRechecked }: { readonly isFresh: boolean; readonly isRechecked: boolean },
): Pick<RunOptions<BuildNode>, 'inputsOf' | 'deed' | 'demandOf' | 'weightOf' | 'isReusable' | 'depths'> {
  return {
    inputsOf: inputsOn(host),
    deed: deedWith(open),
    demandOf: (node) => factsOf(node).demand(node),
    weightOf: (node) => factsOf(node).seconds,
    isReusable: (node) => !isFresh || !factsOf(node).isRemade,
    depths: {
      ofResult: (node) => (isRechecked ? 'content' : factsOf(node).depths.ofResult),
      ofNeeds: (node) => factsOf(node).depths.ofNeeds,
    },
  };
}

/** @param open gives the tools of all deeds; called when the first node is really run. */
export function deedWith(open: () => Promise<Result<Tools, Failure>>): Deed<BuildNode> {
  return async (node, context) => {
    const tools = await open();
    if (!tools.ok) return tools;
    const { run, network } = factsOf(node);
    return run(node, network === 'none' ? withoutNetwork(node, context) : context, tools.value);
  };
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
