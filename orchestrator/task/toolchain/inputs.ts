import type { Json } from '../../core/canonical-json.ts';
import type { Digest } from '../../core/digest.ts';
import type { Platform } from '../../core/platform.ts';
import { unreachable } from '../../core/unreachable.ts';
import type { NodeId } from '../../plan/node-base.ts';
import type { ToolchainNode, ToolchainSource } from '../../plan/node-go.ts';
import type { KeyInputs } from '../task.ts';

/** @param host the platform that compiles: the toolchain's own. */
export function toolchainInputs(
  { needs: [official], patches, version, sources }: ToolchainNode,
  needs: ReadonlyMap<NodeId, Digest>,
  host: Platform,
): KeyInputs {
  if (official !== undefined) {
    const sums = patches.map((patch) => patch.sha256);
    return { recipe: 1, source: 'patches', official: needs.get(official) ?? null, patches: sums };
  }
  const [first, ...others] = sources.map(sourceInputs);
  const base = { recipe: 1, source: first ?? null, version, host };
  return others.length === 0 ? base : { ...base, others };
}

/** What a source is, wherever it is. */
function sourceInputs(source: ToolchainSource): Json {
  switch (source.kind) {
    case 'module-proxy':
      return 'module-proxy';
    case 'archive':
      return { archive: source.sha256 };
    case 'goroot':
      return { goroot: source.digest };
    case 'source': {
      const { from, bootstrap } = source;
      return { source: 'folder' in from ? from.digest : from.commit, bootstrap };
    }
    case 'rpms':
      return { rpms: source.files.map((file) => file.sha256) };
    default:
      return unreachable(source);
  }
}
