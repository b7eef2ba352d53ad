import { defined } from '../core/defined.ts';
import type { Failure } from '../core/failure.ts';
import { ok, type Result } from '../core/result.ts';
import { type ClusterRelease, findImage, minorOf, neededImage } from './cluster-release.ts';
import { type ReleaseImage, referenceTo, repositoryBelow } from './image-names.ts';

/**
 * The part of a kOps Cluster that names images and files. What is given here stands in the end: kOps lays the user's values
 * over those that it computes (upup/pkg/fi/loader/options_loader.go).
 */
export interface KopsCluster {
  readonly apiVersion: 'kops.k8s.io/v1alpha2';
  readonly kind: 'Cluster';
  readonly spec: KopsSpec;
}

interface KopsSpec {
  /** A URL: kOps takes `<URL>/bin/linux/<arch>/kubelet` and its like from there. */
  readonly kubernetesVersion: string;
  readonly kubeAPIServer: ImageOf;
  readonly kubeControllerManager: ImageOf;
  readonly kubeScheduler: ImageOf;
  readonly kubeProxy: ImageOf;
  readonly cloudControllerManager?: ImageOf;
  readonly metricsServer?: ImageOf;
  readonly kubeDNS: { readonly provider: 'CoreDNS'; readonly coreDNSImage: string };
  readonly containerd?: { readonly sandboxImage: string };
  readonly kubelet?: PodImage;
  readonly masterKubelet?: PodImage;
  readonly assets?: { readonly containerRegistry?: string; readonly fileRepository?: string };
}

interface ImageOf {
  readonly image: string;
}

interface PodImage {
  readonly podInfraContainerImage: string;
}

/** Where kOps is to take what it brings itself, such as its own controller; it has to be copied there first. */
export interface KopsMirrors {
  /** Whether its images come from the release's registry. */
  readonly images: boolean;
  /** What its files lie below; undefined: where kOps has them. */
  readonly files: string | undefined;
}

/** First minors of Kubernetes, each with the kOps of its time: `minorOf` the release. */
const firstWith = {
  /** `metricsServer` came with kOps 1.19. */
  metricsServer: 19,
  /** Before, naming its image would have replaced the cloud provider inside Kubernetes by it. */
  cloudControllerManager: 24,
  /** The kubelet of 1.35 has no such image any more, and kOps 1.35 brought the containerd field. */
  sandboxImage: 35,
} as const;

/** The overrides of a release for kOps. Errors: `usage` where the release lacks an image that every cluster needs. */
export function kopsCluster(release: ClusterRelease, mirrors: KopsMirrors): Result<KopsCluster, Failure> {
  const images = new Map<string, string>();
  for (const name of [...controlPlane, 'coredns/coredns', 'kubernetes/pause']) {
    const image = neededImage(release, name);
    if (!image.ok) return image;
    images.set(name, pinned(release, image.value));
  }
  const named = (name: string): string => images.get(name) ?? '';
  const { artifacts } = release;
  return ok({
    apiVersion: 'kops.k8s.io/v1alpha2',
    kind: 'Cluster',
    spec: {
      kubernetesVersion: `${artifacts.url}/${artifacts.kubernetes}`,
      kubeAPIServer: { image: named('kubernetes/kube-apiserver') },
      kubeControllerManager: { image: named('kubernetes/kube-controller-manager') },
      kubeScheduler: { image: named('kubernetes/kube-scheduler') },
      kubeProxy: { image: named('kubernetes/kube-proxy') },
      ...addon(release, 'cloudControllerManager'),
      ...addon(release, 'metricsServer'),
      kubeDNS: { provider: 'CoreDNS', coreDNSImage: named('coredns/coredns') },
      ...sandbox(release, named('kubernetes/pause')),
      ...assets(release, mirrors),
    },
  });
}

/** Images whose archives kOps takes from below its URL, too. */
export const controlPlane = [
  'kubernetes/kube-apiserver',
  'kubernetes/kube-controller-manager',
  'kubernetes/kube-scheduler',
  'kubernetes/kube-proxy',
];

/** Images of what not every cluster has, by the field that names them. */
const addons = {
  cloudControllerManager: 'kubernetes/cloud-provider-aws/cloud-controller-manager',
  metricsServer: 'kubernetes-sigs/metrics-server',
} as const;

function addon(
  release: ClusterRelease,
  field: keyof typeof addons,
): { readonly [Field in typeof field]?: ImageOf } {
  const image = minorOf(release) < firstWith[field] ? undefined : findImage(release, addons[field]);
  return image === undefined ? {} : { [field]: { image: pinned(release, image) } };
}

function sandbox(
  release: ClusterRelease,
  pause: string,
): Pick<KopsSpec, 'containerd' | 'kubelet' | 'masterKubelet'> {
  if (minorOf(release) >= firstWith.sandboxImage) return { containerd: { sandboxImage: pause } };
  return {
    kubelet: { podInfraContainerImage: pause },
    masterKubelet: { podInfraContainerImage: pause },
  };
}

/** kOps leaves names alone that begin with `containerRegistry`, and URLs of the host of `fileRepository`: ours stay. */
function assets({ place }: ClusterRelease, { images, files }: KopsMirrors): Pick<KopsSpec, 'assets'> {
  if (!images && files === undefined) return {};
  return {
    assets: {
      ...(images ? { containerRegistry: repositoryBelow(place, '') } : {}),
      ...defined({ fileRepository: files }),
    },
  };
}

function pinned(release: ClusterRelease, image: ReleaseImage): string {
  return referenceTo(release.place, image, release.digests.get(`${image.name}:${image.tag}`));
}

/** Every image that the overrides name, with its digest where it has one. */
export function imagesOfKops({ spec }: KopsCluster): readonly string[] {
  const { kubeAPIServer, kubeControllerManager, kubeScheduler, kubeProxy, kubeDNS } = spec;
  const { cloudControllerManager, metricsServer, containerd, kubelet, masterKubelet } = spec;
  const all = [
    ...[kubeAPIServer, kubeControllerManager, kubeScheduler, kubeProxy].map(({ image }) => image),
    cloudControllerManager?.image,
    metricsServer?.image,
    kubeDNS.coreDNSImage,
    containerd?.sandboxImage,
    kubelet?.podInfraContainerImage,
    masterKubelet?.podInfraContainerImage,
  ];
  return [...new Set(all.filter((image) => image !== undefined))];
}
