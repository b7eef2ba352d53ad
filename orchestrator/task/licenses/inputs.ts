import type { Digest } from '../../core/digest.ts';
import type { NodeId } from '../../plan/node-base.ts';
import type { LicensedBuild, LicensesNode } from '../../plan/node-image.ts';
import { programInputs } from '../go/inputs.ts';
import type { KeyInputs } from '../task.ts';

/** What recognises licences, for keys: the version that `orchestrator/task/licenses/licensecheck/go.mod` names. */
export const classifierVersion = 'github.com/google/licensecheck v0.3.1';

export function licensesInputs(node: LicensesNode, needs: ReadonlyMap<NodeId, Digest>): KeyInputs {
  return {
    recipe: 1,
    classifier: classifierVersion,
    toolchain: needs.get(node.toolchain) ?? null,
    source: needs.get(node.source) ?? null,
    platform: node.platform,
    builds: node.builds.map((each) => ({
      ...layoutInputs(each),
      build: needs.get(each.build) ?? null,
      modules: needs.get(each.modules) ?? null,
      module: each.module,
      goVersion: each.goVersion,
      programs: programInputs(each.programs),
      flags: each.flags,
      vendors: each.vendors,
      environment: each.environment,
    })),
  };
}

/** Of a layout, what packages are found by. */
function layoutInputs({ layout }: LicensedBuild): KeyInputs {
  if (layout === undefined) return {};
  return { layout: { mode: layout.mode, link: layout.link === undefined ? null : { ...layout.link } } };
}
