import type { Failure } from '../core/failure.ts';
import type { RegistryPlace } from '../core/registry-place.ts';
import { ok, type Result } from '../core/result.ts';
import { type ClusterRelease, findImage, minorOf, neededImage } from './cluster-release.ts';
import { referenceTo, repositoryBelow } from './image-names.ts';
import { kubeadmApi, kubeadmDns, kubeadmPause } from './kubeadm-versions.ts';

/** What kubeadm is told of images: members that v1beta2, v1beta3 and v1beta4 have alike. */
export interface KubeadmCluster {
  readonly apiVersion: `kubeadm.k8s.io/${ReturnType<typeof kubeadmApi>}`;
  readonly kind: 'ClusterConfiguration';
  /** Becomes the tag of the images of Kubernetes; kubeadm reads it as a version with a suffix. */
  readonly kubernetesVersion: string;
  /** Where the images of Kubernetes are, pause among them. */
  readonly imageRepository: string;
  readonly etcd: { readonly local: ImageMeta };
  readonly dns: ImageMeta;
}

/** kubeadm puts the image's name between the two. No digest fits: it reads etcd's tag as a version. */
interface ImageMeta {
  readonly imageRepository: string;
  readonly imageTag: string;
}

/** A tag that an image needs beside its own. */
export interface Retag {
  /** `kubernetes/pause` */
  readonly image: string;
  readonly from: string;
  readonly to: string;
}

export const pauseImage = 'kubernetes/pause';
export const dnsImage = 'coredns/coredns';

/** How kubeadm is configured where there is a choice. */
export interface KubeadmOptions {
  /** Names CoreDNS by the tag that an upgrade can start from. The image needs it beside its own. */
  readonly upgradableDns?: boolean;
}

/** ClusterConfiguration for the kubeadm of a release. Errors: `usage` where the release lacks an image that it takes. */
export function kubeadmCluster(
  release: ClusterRelease,
  { upgradableDns = false }: KubeadmOptions = {},
): Result<KubeadmCluster, Failure> {
  const server = neededImage(release, 'kubernetes/kube-apiserver');
  const etcd = neededImage(release, 'etcd-io/etcd');
  const dns = neededImage(release, dnsImage);
  if (!server.ok) return server;
  if (!etcd.ok) return etcd;
  if (!dns.ok) return dns;
  const { place } = release;
  return ok({
    apiVersion: `kubeadm.k8s.io/${kubeadmApi(minorOf(release))}`,
    kind: 'ClusterConfiguration',
    kubernetesVersion: server.value.tag,
    imageRepository: repositoryBelow(place, 'kubernetes'),
    etcd: { local: { imageRepository: repositoryBelow(place, 'etcd-io'), imageTag: etcd.value.tag } },
    dns: {
      imageRepository: repositoryBelow(place, 'coredns'),
      imageTag: upgradableDns ? upgradableTag(dns.value.tag, minorOf(release)) : dns.value.tag,
    },
  });
}

/** `v1.11.1` of `v1.11.1-eks-1-30-5`; the version that kubeadm brings itself where that is older: it goes back to none. */
function upgradableTag(tag: string, minor: number): string {
  const [plain, brought] = [tag.replace(/-eks-[a-z0-9-]+$/, ''), kubeadmDns(minor)];
  return isNewer(plain, brought) ? brought : plain;
}

function isNewer(one: string, other: string): boolean {
  const [a, b] = [one, other].map((text) => (text.match(/\d+/g) ?? []).map(Number)) as [number[], number[]];
  const at = a.findIndex((part, index) => part !== b[index]);
  return at >= 0 && (a[at] ?? 0) > (b[at] ?? 0);
}

/**
 * The further tags that kubeadm takes images by. Only pause has no field for its tag: that is compiled in; EKS Distro's own
 * further tags of it are others in 1-19 to 1-22, and were in 1-34 to October 2025. CoreDNS is started by whatever tag, but an
 * upgrade reads in that of the running one from which version it migrates the Corefile
 * (cmd/kubeadm/app/phases/upgrade/coredns.go, phases/addons/dns), and refuses one with a suffix, and one that is newer than the
 * CoreDNS that it brings (coredns/corefile-migration, ValidUpMigration).
 */
export function kubeadmRetags(release: Pick<ClusterRelease, 'images' | 'branch'>): readonly Retag[] {
  const [pause, dns] = [findImage(release, pauseImage), findImage(release, dnsImage)];
  return [
    ...(pause === undefined
      ? []
      : [{ image: pause.name, from: pause.tag, to: kubeadmPause(minorOf(release)) }]),
    ...(dns === undefined
      ? []
      : [{ image: dns.name, from: dns.tag, to: upgradableTag(dns.tag, minorOf(release)) }]),
  ];
}

/** Says that a tag is needed, and for what. No line end. */
export function describeRetag(place: RegistryPlace, { image, from, to }: Retag): string {
  const name = referenceTo(place, { name: image, tag: to });
  const asks = image === dnsImage ? 'a kubeadm upgrade starts from' : 'kubeadm asks for';
  return `${asks} ${name}: the image with the tag ${from} needs this one too`;
}

/**
 * What kubeadm pulls, composed the way it does (cmd/kubeadm/app/images): the version as a tag with `_` for what none may
 * have, and the pause that is compiled into it.
 */
export function imagesOfKubeadm(cluster: KubeadmCluster): readonly string[] {
  const { kubernetesVersion, imageRepository, etcd, dns } = cluster;
  const tag = kubernetesVersion.replace(/[^-\w.]/g, '_');
  const minor = Number(/^v1\.(\d+)\./.exec(kubernetesVersion)?.[1]);
  return [
    ...['kube-apiserver', 'kube-controller-manager', 'kube-scheduler', 'kube-proxy'].map(
      (name) => `${imageRepository}/${name}:${tag}`,
    ),
    `${imageRepository}/pause:${kubeadmPause(minor)}`,
    `${etcd.local.imageRepository}/etcd:${etcd.local.imageTag}`,
    `${dns.imageRepository}/coredns:${dns.imageTag}`,
  ];
}
