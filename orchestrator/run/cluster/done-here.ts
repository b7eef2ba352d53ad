import type { BuildNode } from '../../plan/node.ts';
import type { ToolchainNode } from '../../plan/node-go.ts';
import { factsOf } from '../../task/kinds.ts';
import { mirrorUrl } from '../../tool/http/mirrors.ts';
import type { Workspace } from '../../workspace/workspace.ts';

/**
 * Whether a node is done on this machine whatever place others are done at: it asks a builder, or its kind is bound to it, or it reads
 * a file that only this machine has. @param seen folders that other machines see at the same path.
 */
export function isDoneHere(
  { mirrors }: Pick<Workspace, 'mirrors'>,
  seen: readonly string[],
): (node: BuildNode) => boolean {
  const isOurs = (place: string): boolean => {
    const path = /^file:/i.test(place) ? place.replace(/^file:(\/\/)?/i, '') : place;
    return path.startsWith('/') && !seen.some((folder) => path === folder || path.startsWith(`${folder}/`));
  };
  const isOurRepository = (repository: string): boolean => isOurs(mirrorUrl(repository, mirrors));
  return (node) => {
    const { network, isBound } = factsOf(node);
    if (network === 'builder' || isBound) return true;
    if (node.kind === 'checkout') return isOurRepository(node.repository);
    if (node.kind !== 'source' && node.kind !== 'toolchain') return false;
    const isPatched = node.patches.some(({ from }) =>
      from.kind === 'user' ? isOurs(from.file) : isOurRepository(from.repository),
    );
    if (isPatched) return true;
    return node.kind === 'source' ? isOurRepository(node.repository) : placesOf(node).some(isOurRepository);
  };
}

/** Where a Go comes from. */
function placesOf({ sources }: ToolchainNode): readonly string[] {
  return sources.flatMap((source) => {
    switch (source.kind) {
      case 'archive':
        return source.from;
      case 'goroot':
        return source.folder;
      case 'rpms':
        return source.files.map(({ from }) => from);
      case 'source':
        return 'folder' in source.from ? source.from.folder : source.from.repository;
      default:
        return [];
    }
  });
}
