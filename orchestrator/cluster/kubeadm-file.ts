import type { ClusterRelease } from './cluster-release.ts';
import { kubernetesOf, listImages, yamlFile } from './file-text.ts';
import { referenceTo } from './image-names.ts';
import { imagesOfKubeadm, type KubeadmCluster, kubeadmRetags } from './kubeadm.ts';

/** The text of kubeadm.yaml: what kubeadm is told, and above it what it cannot be told. */
export function kubeadmFile(release: ClusterRelease, cluster: KubeadmCluster): string {
  const comment = [
    `Starts ${kubernetesOf(release)} from the images of ${release.release}. Add what is yours, such as controlPlaneEndpoint and`,
    'networking, and run "kubeadm init --config" with it on the first node.',
    '',
    'Nodes need kubelet, kubeadm and kubectl of the release, and the network plugins in /opt/cni/bin.',
    ...pauseLines(release),
    ...listImages(release, imagesOfKubeadm(cluster), {
      named: 'Images that kubeadm starts:',
      others: 'The other images of the release, some of which those stand on:',
    }),
  ];
  return yamlFile(comment, cluster);
}

/** The one image that kubeadm names by itself, and that the container runtime has a setting of its own for. */
function pauseLines(release: ClusterRelease): readonly string[] {
  return kubeadmRetags(release).flatMap(({ image, from, to }) => {
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
