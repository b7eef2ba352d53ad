import { byCodeUnit, type Json } from '../../core/canonical-json.ts';
import { type Digest, digestOf } from '../../core/digest.ts';
import type { NodeId } from '../../plan/node-base.ts';
import type { BaseRootNode, RpmsNode } from '../../plan/node-image.ts';
import type { KeyInputs } from '../task.ts';

export function rpmsInputs({ packages, keys }: RpmsNode): KeyInputs {
  return {
    recipe: 1,
    packages: [...packages]
      .sort((a, b) => byCodeUnit(a.name, b.name))
      .map(({ name, sha256 }) => [name, sha256]),
    keys: [...keys].sort((a, b) => byCodeUnit(a.id, b.id)).map(({ id, sha256 }) => [id, sha256]),
  };
}

export function baseRootInputs(node: BaseRootNode, needs: ReadonlyMap<NodeId, Digest>): KeyInputs {
  const digest = (id: NodeId | undefined): Json => (id === undefined ? null : (needs.get(id) ?? null));
  return {
    recipe: 1,
    platform: node.platform,
    dockerfile: digestOf(node.dockerfile),
    builder: digest(node.builder),
    rpms: digest(node.rpms),
    parent: digest(node.parent),
    keys: node.keys,
    signatures: node.signatures,
    rootfs: node.rootfs as unknown as Json,
    programs: node.programs.map(({ from, file, path }) => [path, file, digest(from)]),
    user: node.user ?? null,
    env: node.env,
  };
}
