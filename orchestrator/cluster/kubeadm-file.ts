import type { ClusterRelease } from './cluster-release.ts';
import { kubernetesOf, listImages, yamlFile } from './file-text.ts';
import { referenceTo } from './image-names.ts';
import { dnsImage, imagesOfKubeadm, type KubeadmCluster, kubeadmRetags, pauseImage } from './kubeadm.ts';

/** The text of kubeadm.yaml: what kubeadm is told, and above it what it cannot be told. */
export function kubeadmFile(release: ClusterRelease, cluster: KubeadmCluster): string {
  const comment = [
    `Starts ${kubernetesOf(release)} from the images of ${release.release}. Add what is yours, such as controlPlaneEndpoint and`,
    'networking, and run "kubeadm init --config" with it on the first node.',
    '',
    'Nodes need kubelet, kubeadm and kubectl of the release, and the network plugins in /opt/cni/bin.',
    ...pauseLines(release),
    ...upgradeLines(release, cluster),
    ...listImages(release, imagesOfKubeadm(cluster), {
      named: 'Images that kubeadm starts:',
      others: 'The other images of the release, some of which those stand on:',
    }),
  ];
  return yamlFile(comment, cluster);
}

/** The one image that kubeadm names by itself, and that the container runtime has a setting of its own for. */
function pauseLines(release: ClusterRelease): readonly string[] {
  const retags = kubeadmRetags(release).filter(({ image }) => image === pauseImage);
  return retags.flatMap(({ image, from, to }) => {
    const name = referenceTo(release.place, { name: image, tag: to });
    return [
      '',
      `This kubeadm asks for ${name}, whatever stands here: it has to be there,`,
      `the same image as ${image}:${from} ("eksd-rebuild cluster --retag" gives it that tag).`,
      "The container runtime's own setting has to name one of the two:",
      `  containerd 1  [plugins."io.containerd.grpc.v1.cri"]  sandbox_image = "${name}"`,
      `  containerd 2  [plugins."io.containerd.cri.v1.images".pinned_images]  sandbox = "${name}"`,
      `  CRI-O         [crio.image]  pause_image = "${name}"`,
    ];
  });
}

/** An upgrade takes the tag of the CoreDNS that runs for its version, and ends where that has a suffix. */
function upgradeLines(release: ClusterRelease, { dns }: KubeadmCluster): readonly string[] {
  const retag = kubeadmRetags(release).find(({ image }) => image === dnsImage);
  if (retag === undefined || dns.imageTag === retag.to) return [];
  const { image, from, to } = retag;
  const name = referenceTo(release.place, { name: image, tag: to });
  return [
    '',
    `"kubeadm upgrade" refuses a CoreDNS that runs by the tag ${from}: it takes versions without a suffix, and none newer`,
    `than it brings itself. "eksd-rebuild cluster --retag" gives the same image the tag ${to}, and writes that here. Where CoreDNS`,
    'runs by the other tag already, before an upgrade:',
    `  kubectl -n kube-system set image deployment/coredns coredns=${name}`,
  ];
}
