import type { BuildLayout } from '../../config/project/build-layout.ts';
import type { Json } from '../../core/canonical-json.ts';
import { defined } from '../../core/defined.ts';
import type { Digest } from '../../core/digest.ts';
import type { NodeId } from '../../plan/node-base.ts';
import type { GoBuildNode, ModulesNode, Program } from '../../plan/node-go.ts';
import type { KeyInputs } from '../task.ts';

export function goBuildInputs(node: GoBuildNode, needs: ReadonlyMap<NodeId, Digest>): KeyInputs {
  return {
    recipe: 1,
    toolchain: needs.get(node.toolchain) ?? null,
    source: needs.get(node.source) ?? null,
    modules: needs.get(node.modules) ?? null,
    module: node.module,
    platform: node.platform,
    programs: programInputs(node.programs),
    flags: node.flags,
    vendors: node.vendors,
    ldflags: node.ldflags,
    environment: node.environment,
    ...defined({
      generated: node.generated === undefined ? undefined : (needs.get(node.generated) ?? null),
      layout: node.layout && layoutInputs(node.layout),
      conditions: node.conditions,
    }),
  };
}

function layoutInputs({ mode, link, at }: BuildLayout): Json {
  return { mode, link: link === undefined ? null : { ...link }, at: at ?? null };
}

export function modulesInputs(node: ModulesNode, needs: ReadonlyMap<NodeId, Digest>): KeyInputs {
  return {
    recipe: 1,
    toolchain: needs.get(node.toolchain) ?? null,
    source: needs.get(node.source) ?? null,
    module: node.module,
    programs: programInputs(node.programs),
    platforms: node.platforms,
    flags: node.flags,
    vendors: node.vendors,
  };
}

/** Programs as part of a key. */
export function programInputs(programs: readonly Program[]): Json {
  return programs.map(({ name, package: pattern, except }) => ({
    name: name ?? null,
    package: pattern,
    except: except ?? [],
  }));
}
