import * as assert from 'uvu/assert';
import type { Failure } from '../../orchestrator/core/failure.ts';
import type { Platform } from '../../orchestrator/core/platform.ts';
import type { Result } from '../../orchestrator/core/result.ts';
import type { NodeId } from '../../orchestrator/plan/node-base.ts';
import type { ScriptBuildNode, ScriptedPrograms } from '../../orchestrator/plan/node-script.ts';
import { runScripts } from '../../orchestrator/task/script/build.ts';
import type { Deed, Outputs } from '../../orchestrator/task/task.ts';
import {
  gitEnv,
  hashesOf,
  type KubernetesWorld,
  makeCheckout,
  perform,
  planOf,
  toolchainOf,
} from './kubernetes-world.ts';

/** What came of a script-build. */
interface ScriptRun {
  readonly platform: Platform;
  readonly output: string;
  readonly result: Result<Outputs, Failure>;
}

/** Runs a world's script-builds, each as `change` has it. */
export async function runScriptBuilds(
  world: KubernetesWorld,
  change: (node: ScriptedPrograms) => ScriptBuildNode = (node) => node,
): Promise<readonly ScriptRun[]> {
  const plan = planOf(world, undefined, 'scripts');
  const source = [...plan.graph.nodes.values()].find((node) => node.kind === 'source');
  if (source?.kind !== 'source') throw new Error(JSON.stringify(plan.projects));
  const checkout = await makeCheckout(world, source);
  const toolchain = toolchainOf(world);
  const tools = { gitEnv, searchPath: process.env['PATH'] ?? '' };
  const deed: Deed<ScriptBuildNode> = (node, context) => runScripts(node, context, tools);
  const tree = (id: NodeId) => (id === source.id ? checkout : toolchain);
  const runs: ScriptRun[] = [];
  for (const node of plan.graph.nodes.values()) {
    if (node.kind !== 'script-build' || !isOfPrograms(node)) continue;
    runs.push({ platform: node.platform, ...(await perform(world, deed, change(node), tree)) });
  }
  return runs;
}

/** The hashes of what script-builds make, by `<platform> <file>`. */
export async function buildByScriptTask(
  world: KubernetesWorld,
  change?: (node: ScriptedPrograms) => ScriptBuildNode,
): Promise<ReadonlyMap<string, string>> {
  const hashes = new Map<string, string>();
  for (const { platform, output, result } of await runScriptBuilds(world, change)) {
    assert.ok(result.ok, JSON.stringify(result));
    for (const [name, hash] of hashesOf(output)) hashes.set(`${platform} ${name}`, hash);
  }
  return hashes;
}

function isOfPrograms(node: ScriptBuildNode): node is ScriptedPrograms {
  return 'compiles' in node;
}
