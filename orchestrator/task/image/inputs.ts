import type { Json } from '../../core/canonical-json.ts';
import type { Digest } from '../../core/digest.ts';
import type { NodeId } from '../../plan/node-base.ts';
import type { BaseImageNode, ImageIndexNode, ImageNode } from '../../plan/node-image.ts';
import type { KeyInputs } from '../task.ts';

export function baseImageInputs({ reference, platforms }: BaseImageNode): KeyInputs {
  return { recipe: 1, digest: reference.digest, platforms };
}

export function imageInputs(node: ImageNode, needs: ReadonlyMap<NodeId, Digest>): KeyInputs {
  return {
    recipe: 3,
    dockerfile: node.dockerfile,
    platform: node.platform,
    base: node.base === undefined ? null : (needs.get(node.base) ?? null),
    files: node.files.map(({ from, path, to }) => ({ tree: needs.get(from) ?? null, path, to })),
    // Its HEAD's date is in every layer.
    source: needs.get(node.source) ?? null,
    buildArgs: node.buildArgs,
    labels: node.labels,
    users: node.users as unknown as Json,
    links: node.links,
  };
}

export function imageIndexInputs(node: ImageIndexNode, needs: ReadonlyMap<NodeId, Digest>): KeyInputs {
  return { recipe: 1, images: node.images.map((id) => needs.get(id) ?? null) };
}
