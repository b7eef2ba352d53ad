import { type ClusterRelease, findImage, minorOf } from './cluster-release.ts';
import { kubernetesOf, listImages, yamlFile } from './file-text.ts';
import { referenceTo, repositoryBelow } from './image-names.ts';
import { imagesOfKops, type KopsCluster } from './kops.ts';

/** The text of kops.yaml: a part of a Cluster, and above it how it becomes part of one. */
export function kopsFile(release: ClusterRelease, cluster: KopsCluster): string {
  const comment = [
    `${kubernetesOf(release)} from the images of ${release.release}, as a part of a kOps Cluster: network, subnets and the like are yours.`,
    'With a cluster of the name in NAME, and kops.env read into the shell:',
    '  kops get cluster "$NAME" -o yaml > cluster.yaml',
    '  kubectl patch --local -f cluster.yaml --type merge --patch-file kops.yaml -o yaml > merged.yaml',
    '  kops replace -f merged.yaml',
    "Of the two programs called yq, that in Go (github.com/mikefarah/yq, version 4) or that in Python (kislyuk/yq, Debian's) does",
    'the second step as well:',
    `  yq '. *= load("kops.yaml")' cluster.yaml > merged.yaml`,
    "  yq -y -s '.[0] * .[1]' cluster.yaml kops.yaml > merged.yaml",
    '',
    'etcd, the network and the CSI drivers stay those that kOps brings; it has no field for their images.',
    ...fileLines(release),
    ...sandboxLines(release),
    ...authenticatorLines(release),
    ...listImages(release, imagesOfKops(cluster), {
      named: 'Images that are named here:',
      others: 'The other images of the release, some of which those stand on:',
    }),
  ];
  return yamlFile(comment, cluster);
}

/** kOps reads these below the URL, with `.sha256` beside each file (pkg/nodemodel). */
function fileLines({ artifacts, place, manifest }: ClusterRelease): readonly string[] {
  const server = `${repositoryBelow(place, 'kubernetes')}/<image>:<tag>`;
  const folder = `${artifacts.kubernetes}/bin/linux/`;
  const sums = artifacts.sums.filter(
    ({ path }) => path.startsWith(folder) && /\/(?:kubelet|kubectl|kube-[a-z-]+\.tar)$/.test(path),
  );
  return [
    '',
    'Below the URL of kubernetesVersion kOps looks, for each <arch>, for bin/linux/<arch>/kubelet and kubectl, and for <image>.tar and',
    '<image>.docker_tag of kube-apiserver, kube-controller-manager, kube-scheduler and kube-proxy; a .sha256 beside each but the last.',
    '"eksd-rebuild cluster --files URL" looks whether they are there, and what sums and tags say. kubelet and kubectl come from',
    '"eksd-rebuild build"; the others are made of what the registry has by',
    `  skopeo copy --override-arch <arch> docker://${server} docker-archive:<image>.tar:${server}`,
    '  printf %s <tag> > <image>.docker_tag',
    '  sha256sum <file> | cut -d " " -f 1 > <file>.sha256',
    ...(manifest === undefined ? [] : [`Of these the manifest ${manifest} says:`]),
    ...sums.map(({ path, sha256 }) => `  ${path.slice(artifacts.kubernetes.length + 1)} ${sha256}`),
  ];
}

function sandboxLines(release: ClusterRelease): readonly string[] {
  const pause = findImage(release, 'kubernetes/pause');
  if (pause === undefined || minorOf(release) >= 35) return [];
  const name = referenceTo(release.place, pause);
  return [
    '',
    'From kOps 1.35 on podInfraContainerImage has no effect. Add there:',
    '  containerd:',
    `    sandboxImage: ${name}`,
  ];
}

/** It stands for the whole feature: kOps turns it on where the field is there. */
function authenticatorLines(release: ClusterRelease): readonly string[] {
  const image = findImage(release, 'kubernetes-sigs/aws-iam-authenticator');
  if (image === undefined) return [];
  const name = referenceTo(release.place, image);
  return [
    '',
    'For a cluster with authentication by IAM:',
    '  authentication:',
    '    aws:',
    `      image: ${name}`,
  ];
}
