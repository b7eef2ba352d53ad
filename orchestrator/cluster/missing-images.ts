import { imagesOfKops, type KopsCluster } from './kops.ts';
import { imagesOfKubeadm, type KubeadmCluster } from './kubeadm.ts';

/** Every image that a configuration has a cluster pull: `HOST/PREFIX/<name>:<tag>`, with its digest where it has one. */
export function imagesNamedBy(config: KubeadmCluster | KopsCluster): readonly string[] {
  return config.kind === 'ClusterConfiguration' ? imagesOfKubeadm(config) : imagesOfKops(config);
}

/**
 * The images that a configuration names and that are not there.
 * @param pushed what is there, as `HOST/PREFIX/<name>:<tag>`.
 */
export function missingImages(
  config: KubeadmCluster | KopsCluster,
  pushed: ReadonlySet<string>,
): readonly string[] {
  const named = imagesNamedBy(config).map((name) => name.split('@')[0] ?? name);
  return named.filter((name) => !pushed.has(name));
}
