import type { Json } from '../../core/canonical-json.ts';
import type { Digest } from '../../core/digest.ts';
import type { NodeId } from '../../plan/node-base.ts';
import type { ScriptBuildNode } from '../../plan/node-script.ts';
import type { KeyInputs } from '../task.ts';

export function scriptBuildInputs(node: ScriptBuildNode, needs: ReadonlyMap<NodeId, Digest>): KeyInputs {
  return {
    recipe: 1,
    toolchain: needs.get(node.toolchain) ?? null,
    source: needs.get(node.source) ?? null,
    commands: node.commands,
    tools: Object.fromEntries(node.tools.map(({ name, version }) => [name, version ?? null])),
    environment: node.environment,
    stamp: stampInputs(node.stamp),
    at: node.at ?? null,
    outputs: node.outputs.map(({ from, to }) => [from, to]),
  };
}

function stampInputs(stamp: ScriptBuildNode['stamp']): Json {
  return stamp === undefined ? null : { file: stamp.file ?? null, values: stamp.values };
}
