import type { SourceNode } from '../../plan/node-go.ts';

/**
 * The untracked files that upstream's make rules left in each checkout (GIT_CHECKOUT_TARGET and GIT_PATCH_TARGET in its
 * Common.mk): because of them every build is stamped `vcs.modified=true`. None where an override wants it clean.
 */
export function markerFiles(node: SourceNode): readonly string[] {
  if (node.override?.stamp === 'clean') return [];
  const checkout = `eks-distro-checkout-${node.tag.replaceAll('/', '-')}`;
  return node.patches.length > 0 ? [checkout, 'eks-distro-patched'] : [checkout];
}
