import { imagesOfKops, type KopsCluster } from './kops.ts';
import { imagesOfKubeadm, type KubeadmCluster } from './kubeadm.ts';

/** Every image that a configuration has a cluster pull, as `HOST/PREFIX/<name>:<tag>`. */
function imagesNamedBy(config: KubeadmCluster | KopsCluster): readonly string[] {
  const named = config.kind === 'ClusterConfiguration' ? imagesOfKubeadm(config) : imagesOfKops(config);
  return named.map((name) => name.split('@')[0] ?? name);
}

/**
 * The images that a configuration names and that are not there.
 * @param pushed what is there, as `HOST/PREFIX/<name>:<tag>`.
 */
export function missingImages(
  config: KubeadmCluster | KopsCluster,
  pushed: ReadonlySet<string>,
): readonly string[] {
  return imagesNamedBy(config).filter((name) => !pushed.has(name));
}
