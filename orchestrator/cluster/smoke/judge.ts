import { countOf } from '../../core/numbers.ts';
import type { OciDigest } from '../../core/oci.ts';
import { type ClusterRelease, findImage } from '../cluster-release.ts';
import { repositoryBelow } from '../image-names.ts';
import { pauseImage } from '../kubeadm.ts';
import { type SeenCluster, type SeenContainer, systemNamespace } from './seen.ts';

/** A line of what was found. */
export interface Finding {
  /** `note`: nothing follows from it. */
  readonly state: 'right' | 'wrong' | 'note';
  readonly text: string;
}

/** By the image's name, its own digest and those of its platforms; an image that is nowhere known is missing. */
export type KnownDigests = ReadonlyMap<string, ReadonlySet<OciDigest>>;

/** Whether the API server and all nodes are of the release. @param tag of Kubernetes in its lock. */
export function judgeVersions(tag: string, { version, nodes }: SeenCluster): readonly Finding[] {
  // Behind it EKS Distro has a commit, or up to 1.21 the branch: that the lock does not know.
  const isOfRelease = (said: string) => said.startsWith(`${tag}-eks-`);
  const wanted = `the release is ${tag}-eks-...`;
  const others = nodes.filter((node) => !isOfRelease(node.version));
  return [
    isOfRelease(version)
      ? right(`The API server is ${version}.`)
      : wrong(`The API server is ${version}: ${wanted}`),
    ...(others.length === 0 && nodes.length > 0
      ? [right(`${countOf(nodes.length, 'kubelet')} of that version.`)]
      : []),
    ...(nodes.length === 0 ? [wrong('There is no node.')] : []),
    ...others.map((node) => wrong(`The kubelet of ${node.name} is ${node.version}: ${wanted}`)),
  ];
}

/** Whether what is called as an image of the release is one of them, by its digest. */
export function judgeImages(
  release: ClusterRelease,
  known: KnownDigests,
  { containers, nodes }: SeenCluster,
): readonly Finding[] {
  const names = new Map(release.images.map(({ name }) => [repositoryBelow(release.place, name), name]));
  const seen = new Map<string, number>();
  const findings: Finding[] = [];
  for (const container of [...containers, ...pausesOf(nodes)]) {
    const { pod, image, digest } = container;
    const name = names.get(repositoryIn(image));
    const complaint =
      name === undefined
        ? isOurs(release, container)
          ? `which is not from ${repositoryBelow(release.place, '')}`
          : undefined
        : whyOther(name, digest, known);
    if (complaint !== undefined) findings.push(wrong(`${pod} runs ${image}, ${complaint}`));
    else if (name !== undefined) seen.set(name, (seen.get(name) ?? 0) + 1);
  }
  const all = [...seen.values()].reduce((sum, count) => sum + count, 0);
  const listed = [...seen.keys()].sort().join(', ');
  return [
    all === 0
      ? wrong(`Nothing runs an image of ${release.release}.`)
      : right(`${countOf(all, 'container')} of the images of ${release.release}, by digest: ${listed}`),
    ...findings,
    ...unseen(release, seen),
  ];
}

function whyOther(name: string, digest: OciDigest | undefined, known: KnownDigests): string | undefined {
  const own = known.get(name);
  if (own === undefined) return 'whose digest nobody knows: the registry does not have it';
  if (digest === undefined) return 'which came to its node by no registry, or is not there yet';
  return own.has(digest) ? undefined : `which is ${digest}, and not that of the release`;
}

/** Of what belongs to a cluster, that which a release has too. */
function isOurs({ images }: ClusterRelease, { pod, image }: SeenContainer): boolean {
  const last = repositoryIn(image).split('/').at(-1);
  return pod.startsWith(`${systemNamespace}/`) && images.some(({ name }) => name.split('/').at(-1) === last);
}

/** No pod names the image that holds its containers together: each node has its own. */
function pausesOf(nodes: SeenCluster['nodes']): readonly SeenContainer[] {
  const last = pauseImage.split('/').at(-1);
  return nodes.flatMap((node) =>
    node.images.flatMap((names) => {
      const image = names.find((name) => repositoryIn(name).split('/').at(-1) === last);
      if (image === undefined) return [];
      return [
        { pod: `${systemNamespace}/node ${node.name}`, image, digest: names.map(digestIn).find(Boolean) },
      ];
    }),
  );
}

function unseen(release: ClusterRelease, seen: ReadonlyMap<string, number>): readonly Finding[] {
  const system = ['etcd-io/etcd', 'coredns/coredns'];
  const names = release.images
    .map(({ name }) => name)
    .filter((name) => name.startsWith('kubernetes/kube-') || system.includes(name) || name === pauseImage)
    .filter((name) => findImage(release, name) !== undefined && !seen.has(name) && !name.endsWith('-base'));
  return names.length === 0 ? [] : [{ state: 'note', text: `Not seen to run: ${names.join(', ')}` }];
}

/** What an image's name is without tag and digest. */
function repositoryIn(image: string): string {
  return image.replace(/@.*$/, '').replace(/:[^/:]*$/, '');
}

/** What a node says an image is: `registry.example.com/coredns@sha256:...`. */
export function digestIn(text: string): OciDigest | undefined {
  return /@(sha256:[0-9a-f]{64})$/.exec(text)?.[1] as OciDigest | undefined;
}

export function right(text: string): Finding {
  return { state: 'right', text };
}

export function wrong(text: string): Finding {
  return { state: 'wrong', text };
}
