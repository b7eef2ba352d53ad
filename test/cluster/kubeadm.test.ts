import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { imagesOfKubeadm, kubeadmCluster, kubeadmRetags } from '../../orchestrator/cluster/kubeadm.ts';
import { kubeadmPause } from '../../orchestrator/cluster/kubeadm-versions.ts';
import { missingImages } from '../../orchestrator/cluster/missing-images.ts';
import { eras, must, releaseOf, without } from './eras.ts';

/** What the kubeadm of each minor reads, and the pause that is compiled into it. */
const table: Readonly<Record<string, string>> = {
  'v1-18-eks-17': 'v1beta2 3.2',
  'v1-19-eks-22': 'v1beta2 3.2',
  'v1-20-eks-22': 'v1beta2 3.2',
  'v1-21-eks-28': 'v1beta2 3.4.1',
  'v1-22-eks-28': 'v1beta3 3.5',
  'v1-23-eks-33': 'v1beta3 3.6',
  'v1-24-eks-36': 'v1beta3 3.7',
  'v1-25-eks-40': 'v1beta3 3.8',
  'v1-26-eks-39': 'v1beta3 3.9',
  'v1-27-eks-41': 'v1beta3 3.9',
  'v1-28-eks-57': 'v1beta3 3.9',
  'v1-29-eks-46': 'v1beta3 3.9',
  'v1-30-eks-5': 'v1beta3 3.9',
  'v1-31-eks-28': 'v1beta4 3.10',
  'v1-32-eks-21': 'v1beta4 3.10',
  'v1-33-eks-11': 'v1beta4 3.10',
  'v1-34-eks-2': 'v1beta4 3.10.1',
  'v1-35-eks-2': 'v1beta4 3.10.1',
  'v1-36-eks-7': 'v1beta4 3.10.2',
};

/** What an upgrade can start from: no newer than what the minor's kubeadm brings. */
const dnsTags: Readonly<Record<string, string>> = {
  ...{ 'v1-18-eks-17': '1.6.7', 'v1-19-eks-22': '1.7.0', 'v1-20-eks-22': '1.7.0', 'v1-21-eks-28': 'v1.8.0' },
  ...{
    'v1-22-eks-28': 'v1.8.4',
    'v1-23-eks-33': 'v1.8.6',
    'v1-24-eks-36': 'v1.8.6',
    'v1-25-eks-40': 'v1.9.3',
  },
  ...{
    'v1-26-eks-39': 'v1.9.3',
    'v1-27-eks-41': 'v1.10.1',
    'v1-28-eks-57': 'v1.10.1',
    'v1-29-eks-46': 'v1.11.1',
  },
  ...{
    'v1-30-eks-5': 'v1.11.1',
    'v1-31-eks-28': 'v1.11.1',
    'v1-32-eks-21': 'v1.11.3',
    'v1-33-eks-11': 'v1.12.0',
  },
  ...{ 'v1-34-eks-2': 'v1.12.1', 'v1-35-eks-2': 'v1.12.4', 'v1-36-eks-7': 'v1.14.2' },
};

test('of each minor, the version that its kubeadm reads, and the second tags of pause and CoreDNS', () => {
  const made = Object.keys(eras).map((name) => {
    const release = releaseOf(name);
    const api = must(kubeadmCluster(release)).apiVersion.replace('kubeadm.k8s.io/', '');
    const [retag, dns, ...others] = kubeadmRetags(release);
    assert.equal(others, []);
    assert.equal([dns?.image, dns?.to], ['coredns/coredns', dnsTags[name]]);
    assert.is(retag?.image, 'kubernetes/pause');
    assert.is(retag?.from, `${eras[name]?.[0]}-eks-${name.slice(1).replace('-eks', '')}`);
    return [name, `${api} ${retag?.to}`];
  });
  assert.equal(Object.fromEntries(made), table);
});

test('a minor that is not known yet takes the newest pause', () => {
  assert.is(kubeadmPause(37), '3.10.2');
});

test('names are split where kubeadm puts them together', () => {
  assert.equal(must(kubeadmCluster(releaseOf('v1-30-eks-5'))), {
    apiVersion: 'kubeadm.k8s.io/v1beta3',
    kind: 'ClusterConfiguration',
    kubernetesVersion: 'v1.30.1-eks-1-30-5',
    imageRepository: 'registry.example.com:5000/eks/kubernetes',
    etcd: {
      local: { imageRepository: 'registry.example.com:5000/eks/etcd-io', imageTag: 'v3.5.13-eks-1-30-5' },
    },
    dns: { imageRepository: 'registry.example.com:5000/eks/coredns', imageTag: 'v1.11.1-eks-1-30-5' },
  });
});

test('CoreDNS is named by what an upgrade by kubeadm can start from where that is wanted, and needs that tag then', () => {
  const release = releaseOf('v1-30-eks-5');
  const cluster = must(kubeadmCluster(release, { upgradableDns: true }));
  assert.is(cluster.dns.imageTag, 'v1.11.1');
  const there = (image: string, tag: string): string => `registry.example.com:5000/eks/${image}:${tag}`;
  const pushed = new Set(release.images.map(({ name: image, tag }) => there(image, tag)));
  assert.equal(missingImages(cluster, pushed), [
    there('kubernetes/pause', '3.9'),
    there('coredns/coredns', 'v1.11.1'),
  ]);
  for (const { image, to } of kubeadmRetags(release)) pushed.add(there(image, to));
  assert.equal(missingImages(cluster, pushed), []);
});

test('in a registry without a prefix, names begin at its host', () => {
  const cluster = must(
    kubeadmCluster(releaseOf('v1-30-eks-5', { place: { host: 'eks.example.com', prefix: '' } })),
  );
  assert.is(cluster.imageRepository, 'eks.example.com/kubernetes');
  assert.ok(imagesOfKubeadm(cluster).includes('eks.example.com/coredns/coredns:v1.11.1-eks-1-30-5'));
});

test('what kubeadm pulls is there under the names that were pushed, once pause has its second tag', () => {
  for (const name of Object.keys(eras)) {
    const release = releaseOf(name);
    const cluster = must(kubeadmCluster(release));
    const there = (image: string, tag: string): string => `registry.example.com:5000/eks/${image}:${tag}`;
    const pushed = new Set(release.images.map(({ name: image, tag }) => there(image, tag)));
    const [retag] = kubeadmRetags(release);
    assert.equal(missingImages(cluster, pushed), [there('kubernetes/pause', retag?.to ?? '')]);
    for (const { image, to } of kubeadmRetags(release)) pushed.add(there(image, to));
    assert.equal(missingImages(cluster, pushed), []);
    pushed.delete(there('etcd-io/etcd', `${eras[name]?.[1]}-eks-${name.slice(1).replace('-eks', '')}`));
    assert.is(missingImages(cluster, pushed).length, 1);
  }
});

test('kubeadm puts "_" where a tag may not have a character', () => {
  const cluster = must(kubeadmCluster(releaseOf('v1-30-eks-5')));
  const [first] = imagesOfKubeadm({ ...cluster, kubernetesVersion: 'v1.30.1+eks.5' });
  assert.is(first, 'registry.example.com:5000/eks/kubernetes/kube-apiserver:v1.30.1_eks.5');
});

test('without Kubernetes, etcd or CoreDNS there is no cluster', () => {
  for (const name of ['kubernetes/kube-apiserver', 'etcd-io/etcd', 'coredns/coredns']) {
    const made = kubeadmCluster(without(releaseOf('v1-30-eks-5'), name));
    assert.ok(!made.ok && made.error.reason === 'usage');
    assert.match(made.error.message, `v1-30-eks-5 has no image ${name},`);
  }
});

test.run();
