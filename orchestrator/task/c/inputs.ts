import type { Digest } from '../../core/digest.ts';
import type { NodeId } from '../../plan/node-base.ts';
import type { CBuildNode } from '../../plan/node-c.ts';
import type { KeyInputs } from '../task.ts';

export function cBuildInputs(node: CBuildNode, needs: ReadonlyMap<NodeId, Digest>): KeyInputs {
  return {
    recipe: 1,
    compiler: needs.get(node.compiler) ?? null,
    gcc: node.gcc,
    on: node.on,
    // With its HEAD's date, which a source may ask for.
    source: needs.get(node.source) ?? null,
    file: node.file,
    program: node.program,
    flags: node.flags,
    platform: node.platform,
  };
}
