import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { imagesOfKops, type KopsCluster, kopsCluster } from '../../orchestrator/cluster/kops.ts';
import { missingImages } from '../../orchestrator/cluster/missing-images.ts';
import type { OciDigest } from '../../orchestrator/core/oci.ts';
import { eras, must, releaseOf, without } from './eras.ts';

const noMirrors = { images: false, files: undefined };
const mirrors = { images: true, files: 'https://files.example.com/eks' };

/** The fields of kops.k8s.io/v1alpha2 that may be there, and the minor of the first kOps whose types have them. */
const fields: Readonly<Record<string, number>> = {
  apiVersion: 18,
  kind: 18,
  'spec.kubernetesVersion': 18,
  'spec.kubeAPIServer.image': 18,
  'spec.kubeControllerManager.image': 18,
  'spec.kubeScheduler.image': 18,
  'spec.kubeProxy.image': 18,
  'spec.cloudControllerManager.image': 18,
  'spec.metricsServer.image': 19,
  'spec.kubeDNS.provider': 18,
  'spec.kubeDNS.coreDNSImage': 18,
  'spec.kubelet.podInfraContainerImage': 18,
  'spec.masterKubelet.podInfraContainerImage': 18,
  'spec.containerd.sandboxImage': 35,
  'spec.assets.containerRegistry': 18,
  'spec.assets.fileRepository': 18,
};

function pathsOf(value: unknown, at: readonly string[] = []): readonly string[] {
  if (typeof value !== 'object' || value === null) return [at.join('.')];
  return Object.entries(value).flatMap(([key, member]) => pathsOf(member, [...at, key]));
}

test('the kOps of the same minor has every field', () => {
  const seen = new Set<string>();
  for (const name of Object.keys(eras)) {
    const minor = Number(name.split('-')[1]);
    for (const path of pathsOf(must(kopsCluster(releaseOf(name), mirrors)))) {
      seen.add(path);
      assert.ok((fields[path] ?? Number.POSITIVE_INFINITY) <= minor, `${path} in 1.${minor}`);
    }
  }
  assert.equal([...seen].sort(), Object.keys(fields).sort());
});

test('files come from below a URL, and images from the registry', () => {
  const image = (name: string, tag = 'v1.30.1') => ({
    image: `registry.example.com:5000/eks/kubernetes/${name}:${tag}-eks-1-30-5`,
  });
  const pause = { podInfraContainerImage: image('pause').image };
  assert.equal(must(kopsCluster(releaseOf('v1-30-eks-5'), noMirrors)), {
    apiVersion: 'kops.k8s.io/v1alpha2',
    kind: 'Cluster',
    spec: {
      kubernetesVersion: 'https://files.example.com/eks/kubernetes/v1.30.1',
      kubeAPIServer: image('kube-apiserver'),
      kubeControllerManager: image('kube-controller-manager'),
      kubeScheduler: image('kube-scheduler'),
      kubeProxy: image('kube-proxy'),
      cloudControllerManager: image('cloud-provider-aws/cloud-controller-manager'),
      metricsServer: {
        image: 'registry.example.com:5000/eks/kubernetes-sigs/metrics-server:v0.7.1-eks-1-30-5',
      },
      kubeDNS: {
        provider: 'CoreDNS',
        coreDNSImage: 'registry.example.com:5000/eks/coredns/coredns:v1.11.1-eks-1-30-5',
      },
      kubelet: pause,
      masterKubelet: pause,
    },
  });
});

test('what not every release has is left out', () => {
  const release = without(
    without(releaseOf('v1-34-eks-2'), 'kubernetes-sigs/metrics-server'),
    'kubernetes/cloud-provider-aws/cloud-controller-manager',
  );
  const paths = pathsOf(must(kopsCluster(release, noMirrors)));
  assert.not.ok(paths.includes('spec.metricsServer.image'));
  assert.not.ok(paths.includes('spec.cloudControllerManager.image'));
});

test('the cloud controller of its own stays off where its image alone would turn it on', () => {
  const has = (name: string): boolean => {
    const { spec } = must(kopsCluster(releaseOf(name), noMirrors));
    return spec.cloudControllerManager !== undefined;
  };
  assert.equal(['v1-22-eks-28', 'v1-23-eks-33', 'v1-24-eks-36', 'v1-36-eks-7'].map(has), [
    ...[false, false, true, true],
  ]);
});

test("the sandbox image is the kubelet's to 1.34, and containerd's from 1.35 on", () => {
  const sandbox = ({ spec }: KopsCluster) => [
    spec.kubelet?.podInfraContainerImage,
    spec.masterKubelet?.podInfraContainerImage,
    spec.containerd?.sandboxImage,
  ];
  const old = 'registry.example.com:5000/eks/kubernetes/pause:v1.34.0-rc.0-eks-1-34-2';
  const now = 'registry.example.com:5000/eks/kubernetes/pause:v1.35.0-beta.0-eks-1-35-2';
  assert.equal(sandbox(must(kopsCluster(releaseOf('v1-34-eks-2'), noMirrors))), [old, old, undefined]);
  assert.equal(sandbox(must(kopsCluster(releaseOf('v1-35-eks-2'), noMirrors))), [undefined, undefined, now]);
});

test('what kOps brings itself comes from where it was copied to', () => {
  const assets = (given: typeof noMirrors | typeof mirrors) =>
    must(kopsCluster(releaseOf('v1-30-eks-5'), given)).spec.assets;
  assert.is(assets(noMirrors), undefined);
  assert.equal(assets(mirrors), {
    containerRegistry: 'registry.example.com:5000/eks',
    fileRepository: 'https://files.example.com/eks',
  });
  assert.equal(assets({ images: true, files: undefined }), {
    containerRegistry: 'registry.example.com:5000/eks',
  });
});

test('a digest that is known goes behind the tag', () => {
  const digest: OciDigest = `sha256:${'1'.repeat(64)}`;
  const digests = new Map([['coredns/coredns:v1.11.1-eks-1-30-5', digest]]);
  const cluster = must(kopsCluster(releaseOf('v1-30-eks-5', { digests }), noMirrors));
  const name = 'registry.example.com:5000/eks/coredns/coredns:v1.11.1-eks-1-30-5';
  assert.is(cluster.spec.kubeDNS.coreDNSImage, `${name}@${digest}`);
  assert.ok(missingImages(cluster, new Set()).includes(name));
});

test('every image that is named is one of the release, and is missed when it is not there', () => {
  for (const name of Object.keys(eras)) {
    const release = releaseOf(name);
    const cluster = must(kopsCluster(release, mirrors));
    const pushed = new Set(
      release.images.map(({ name: image, tag }) => `registry.example.com:5000/eks/${image}:${tag}`),
    );
    assert.equal(missingImages(cluster, pushed), []);
    assert.equal(missingImages(cluster, new Set()), imagesOfKops(cluster));
    const text = JSON.stringify(cluster);
    for (const image of pushed) assert.is(imagesOfKops(cluster).includes(image), text.includes(`"${image}"`));
  }
});

test('without an image of the control plane there is no cluster', () => {
  for (const name of ['kubernetes/kube-proxy', 'kubernetes/pause', 'coredns/coredns']) {
    const made = kopsCluster(without(releaseOf('v1-30-eks-5'), name), noMirrors);
    assert.ok(!made.ok && made.error.reason === 'usage');
    assert.match(made.error.message, `no image ${name},`);
  }
});

test.run();
