import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { ClusterRelease } from '../../../orchestrator/cluster/cluster-release.ts';
import {
  type Finding,
  judgeImages,
  judgeVersions,
  type KnownDigests,
} from '../../../orchestrator/cluster/smoke/judge.ts';
import type { SeenCluster, SeenContainer, SeenNode } from '../../../orchestrator/cluster/smoke/seen.ts';
import type { OciDigest } from '../../../orchestrator/core/oci.ts';
import { releaseOf } from '../eras.ts';

const place = 'registry.example.com:5000/eks';
const release: ClusterRelease = releaseOf('v1-30-eks-5');
const [own, platform, other] = ['a', 'b', 'c'].map((digit): OciDigest => `sha256:${digit.repeat(64)}`) as [
  OciDigest,
  OciDigest,
  OciDigest,
];
const known: KnownDigests = new Map(
  release.images
    .filter(({ name }) => name !== 'etcd-io/etcd')
    .map(({ name }) => [name, new Set([own, platform])]),
);

function container(pod: string, image: string, digest: OciDigest | undefined = own): SeenContainer {
  return { pod, image, digest };
}

function node(version: string, ...images: readonly (readonly string[])[]): SeenNode {
  return { name: 'one', version, images };
}

function wrongIn(findings: readonly Finding[]): readonly string[] {
  return findings.filter(({ state }) => state === 'wrong').map(({ text }) => text);
}

const nothing: SeenCluster = { version: '', nodes: [], containers: [] };

test('the version of the API server and of kubelets is that of the lock, with what EKS Distro puts behind it', () => {
  const judge = (version: string, ...nodes: readonly SeenNode[]) =>
    judgeVersions('v1.30.1', { ...nothing, version, nodes });
  assert.equal(judge('v1.30.1-eks-e564799', node('v1.30.1-eks-e564799')), [
    { state: 'right', text: 'The API server is v1.30.1-eks-e564799.' },
    { state: 'right', text: '1 kubelet of that version.' },
  ]);
  for (const version of ['v1.30.1', 'v1.30.10-eks-e564799', 'v1.30.2-eks-e564799', 'v1.30.1-gke.1']) {
    assert.equal(wrongIn(judge(version, node('v1.30.1-eks-e564799'))), [
      `The API server is ${version}: the release is v1.30.1-eks-...`,
    ]);
    assert.equal(wrongIn(judge('v1.30.1-eks-e564799', node(version), node('v1.30.1-eks-e564799'))), [
      `The kubelet of one is ${version}: the release is v1.30.1-eks-...`,
    ]);
  }
  assert.equal(wrongIn(judge('v1.30.1-eks-e564799')), ['There is no node.']);
});

test('an image is one of the release by the digest of its index, or of a platform, whatever tag names it', () => {
  const containers = [
    container('kube-system/dns', `${place}/coredns/coredns:v1.11.1`),
    container('kube-system/proxy', `${place}/kubernetes/kube-proxy@${own}`, platform),
    container('shop/mine', 'docker.io/library/coredns:1', other),
  ];
  const nodes = [node('v1.30.1', [`${place}/kubernetes/pause@${own}`, `${place}/kubernetes/pause:3.9`])];
  const [first, ...rest] = judgeImages(release, known, { ...nothing, containers, nodes });
  assert.equal(first, {
    state: 'right',
    text: '3 containers of the images of v1-30-eks-5, by digest: coredns/coredns, kubernetes/kube-proxy, kubernetes/pause',
  });
  assert.equal(
    rest.map(({ state, text }) => [state, text]),
    [
      [
        'note',
        'Not seen to run: etcd-io/etcd, kubernetes/kube-apiserver, kubernetes/kube-controller-manager, kubernetes/kube-scheduler',
      ],
    ],
  );
});

const cases: readonly (readonly [what: string, SeenContainer, complaint: string])[] = [
  [
    'another one behind its name',
    container('kube-system/dns', `${place}/coredns/coredns:v1.11.1`, other),
    `which is ${other}, and not that of the release`,
  ],
  [
    'one that was loaded by hand',
    { pod: 'kube-system/dns', image: `${place}/coredns/coredns:v1.11.1`, digest: undefined },
    'which came to its node by no registry, or is not there yet',
  ],
  [
    'one that the registry does not have',
    container('kube-system/etcd', `${place}/etcd-io/etcd:v3.5.13`),
    'whose digest nobody knows: the registry does not have it',
  ],
  [
    'one of the same name from elsewhere',
    container('kube-system/dns', 'registry.k8s.io/coredns/coredns:v1.11.1'),
    `which is not from ${place}`,
  ],
  [
    'one from a place whose name begins alike',
    container('kube-system/dns', `${place}-old/coredns/coredns:v1.11.1`),
    `which is not from ${place}`,
  ],
];

for (const [what, seen, complaint] of cases) {
  test(`is complained of: ${what}`, () => {
    const right = container('kube-system/proxy', `${place}/kubernetes/kube-proxy:v1.30.1`);
    const findings = judgeImages(release, known, { ...nothing, containers: [right, seen] });
    assert.equal(wrongIn(findings), [`${seen.pod} runs ${seen.image}, ${complaint}`]);
  });
}

test("a node's own pause, and a cluster of nothing of the release", () => {
  const nodes = [node('v1.30.1', ['registry.k8s.io/pause:3.9', `registry.k8s.io/pause@${own}`])];
  assert.equal(wrongIn(judgeImages(release, known, { ...nothing, nodes })), [
    'Nothing runs an image of v1-30-eks-5.',
    `kube-system/node one runs registry.k8s.io/pause:3.9, which is not from ${place}`,
  ]);
});

test.run();
