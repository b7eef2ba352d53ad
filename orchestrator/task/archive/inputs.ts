import type { Digest } from '../../core/digest.ts';
import type { ArchiveNode, ImageTarNode, SourceArchiveNode } from '../../plan/archive/node-archive.ts';
import type { NodeId } from '../../plan/node-base.ts';
import type { KeyInputs } from '../task.ts';

// HEAD's date, which all members have, is in the source.

export function archiveInputs(
  { file, root, members, source }: ArchiveNode,
  needs: ReadonlyMap<NodeId, Digest>,
): KeyInputs {
  return {
    recipe: 1,
    file,
    root,
    members: members.map(({ from, path, to }) => ({ tree: needs.get(from) ?? null, path, to })),
    source: needs.get(source) ?? null,
  };
}

export function sourceArchiveInputs(
  { file, headTag, source }: SourceArchiveNode,
  needs: ReadonlyMap<NodeId, Digest>,
): KeyInputs {
  return { recipe: 1, file, headTag: headTag ?? null, source: needs.get(source) ?? null };
}

export function imageTarInputs(
  { file, platform, image, source, format, names, told, tag }: ImageTarNode,
  needs: ReadonlyMap<NodeId, Digest>,
): KeyInputs {
  return {
    ...{ recipe: 1, file, platform, format, names, told, tag },
    image: needs.get(image) ?? null,
    source: needs.get(source) ?? null,
  };
}
