import { shellQuote } from '../core/shell-quote.ts';
import { type ClusterRelease, findImage, minorOf } from './cluster-release.ts';
import { commentLines, kubernetesOf, listImages, yamlFile } from './file-text.ts';
import { referenceTo } from './image-names.ts';
import { imagesOfKops, type KopsCluster } from './kops.ts';

/** The text of kops.yaml: a part of a Cluster, and above it how it becomes part of one. */
export function kopsFile(release: ClusterRelease, cluster: KopsCluster): string {
  const comment = [
    `${kubernetesOf(release)} from the images of ${release.release}, as a part of a kOps Cluster: network, subnets and the like are yours.`,
    'With a cluster of the name in NAME, and kops.env read into the shell:',
    '  kops get cluster "$NAME" -o yaml > cluster.yaml',
    `  yq '. *= load("kops.yaml")' cluster.yaml | kops replace -f -`,
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
function fileLines({ artifacts }: ClusterRelease): readonly string[] {
  const folder = `${artifacts.kubernetes}/bin/linux/`;
  const sums = artifacts.sums.filter(
    ({ path }) => path.startsWith(folder) && /\/(?:kubelet|kubectl)$/.test(path),
  );
  return [
    '',
    'Below the URL of kubernetesVersion kOps looks, for each <arch>, for bin/linux/<arch>/kubelet and kubectl, and for <image>.tar and',
    '<image>.docker_tag of kube-apiserver, kube-controller-manager, kube-scheduler and kube-proxy; a .sha256 beside each but the last.',
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

/** The text of kops.env: what kOps is told by the environment. Undefined where the release has no network plugins. */
export function kopsEnvironment(release: ClusterRelease): string | undefined {
  const { url, plugins } = release.artifacts;
  const [first, ...others] = Object.values(plugins).map((path) => `${url}/${path}`);
  if (first === undefined) return undefined;
  return [
    commentLines([
      `For kops create and kops update: the network plugins of ${release.release}. The sum is the one beside the archive; those of`,
      'the programs in it stand in SHA256SUMS. kOps takes one archive for all nodes.',
    ]),
    `export CNI_VERSION_URL=${shellQuote(first)}\n`,
    ...others.map((other) => commentLines([`export CNI_VERSION_URL=${shellQuote(other)}`])),
    `export CNI_ASSET_HASH_STRING="sha256:$(curl -fsSL "$CNI_VERSION_URL.sha256" | cut -d ' ' -f 1)"\n`,
    commentLines([`Where kOps is older than ${kubernetesOf(release)}:`, 'export KOPS_RUN_TOO_NEW_VERSION=1']),
  ].join('');
}
