import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { parse } from 'yaml';
import type { ClusterRelease } from '../../orchestrator/cluster/cluster-release.ts';
import { referenceTo } from '../../orchestrator/cluster/image-names.ts';
import { kopsCluster } from '../../orchestrator/cluster/kops.ts';
import { kopsEnvironment } from '../../orchestrator/cluster/kops-environment.ts';
import { kopsFile } from '../../orchestrator/cluster/kops-file.ts';
import { filesOfKops } from '../../orchestrator/cluster/kops-files.ts';
import { kubeadmCluster } from '../../orchestrator/cluster/kubeadm.ts';
import { kubeadmFile } from '../../orchestrator/cluster/kubeadm-file.ts';
import { asDigest } from '../../orchestrator/core/digest.ts';
import type { OciDigest } from '../../orchestrator/core/oci.ts';
import { eras, must, releaseOf } from './eras.ts';

const noMirrors = { images: false, files: undefined };

function kubeadmText(release: ClusterRelease): string {
  return kubeadmFile(release, must(kubeadmCluster(release)));
}

function kopsText(release: ClusterRelease): string {
  return kopsFile(release, must(kopsCluster(release, noMirrors)));
}

test('both files name every image of the release, and hold what was made and nothing else', () => {
  for (const name of Object.keys(eras)) {
    const release = releaseOf(name);
    for (const [text, value] of [
      [kubeadmText(release), must(kubeadmCluster(release))],
      [kopsText(release), must(kopsCluster(release, noMirrors))],
    ] as const) {
      assert.equal(parse(text), value);
      for (const image of release.images) {
        const reference = referenceTo(release.place, image);
        assert.ok(text.split('\n').includes(`#   ${reference}`), `${reference} in ${text}`);
      }
    }
  }
});

test('images are listed by whether the file has them started', () => {
  const listed = (text: string, title: string): readonly string[] => {
    const [, after = ''] = text.split(`# ${title}\n`);
    return [...(after.split(/^#?$/m)[0] ?? '').matchAll(/eks\/(\S+):/g)].map(([, name = '']) => name);
  };
  const release = releaseOf('v1-30-eks-5');
  const others = 'The other images of the release, some of which those stand on:';
  assert.equal(listed(kubeadmText(release), 'Images that kubeadm starts:'), [
    ...['coredns/coredns', 'etcd-io/etcd', 'kubernetes/kube-apiserver', 'kubernetes/kube-controller-manager'],
    ...['kubernetes/kube-proxy', 'kubernetes/kube-scheduler', 'kubernetes/pause'],
  ]);
  assert.equal(listed(kubeadmText(release), others), [
    ...['kubernetes-csi/livenessprobe', 'kubernetes-sigs/aws-iam-authenticator'],
    ...['kubernetes-sigs/metrics-server', 'kubernetes/cloud-provider-aws/cloud-controller-manager'],
    'kubernetes/go-runner',
  ]);
  assert.equal(listed(kopsText(release), others), [
    ...['etcd-io/etcd', 'kubernetes-csi/livenessprobe', 'kubernetes-sigs/aws-iam-authenticator'],
    'kubernetes/go-runner',
  ]);
});

test('kubeadm.yaml says which pause is asked for, and how a container runtime is told of it', () => {
  const text = kubeadmText(releaseOf('v1-22-eks-28'));
  const pause = 'registry.example.com:5000/eks/kubernetes/pause:3.5';
  assert.match(text, `# This kubeadm asks for ${pause},`);
  assert.match(text, `sandbox_image = "${pause}"`);
  assert.match(text, `sandbox = "${pause}"`);
  assert.match(text, `pause_image = "${pause}"`);
});

test('kubeadm.yaml says what an upgrade makes of the tag of CoreDNS, where it is not plain, and what to do', () => {
  const release = releaseOf('v1-30-eks-5');
  const text = kubeadmText(release);
  assert.match(text, 'refuses a CoreDNS that runs by the tag v1.11.1-eks-1-30-5:');
  assert.match(
    text,
    '#   kubectl -n kube-system set image deployment/coredns coredns=registry.example.com:5000/eks/coredns/coredns:v1.11.1\n',
  );
  assert.not.match(kubeadmFile(release, must(kubeadmCluster(release, { upgradableDns: true }))), 'refuses');
});

test('what kOps takes below the URL: for both architectures, with what is known of each', () => {
  const path = 'kubernetes/v1.30.1/bin/linux/arm64/kubelet';
  const { artifacts } = releaseOf('v1-30-eks-5');
  const sums = [{ path, sha256: asDigest('3'.repeat(64)), from: 'rebuilt' as const }];
  const files = filesOfKops(releaseOf('v1-30-eks-5', { artifacts: { ...artifacts, sums } }));
  assert.equal(
    files.map((file) => file.path.replace('kubernetes/v1.30.1/bin/linux/', '')),
    [
      ...['amd64', 'arm64'].flatMap((arch) => [
        ...['kubelet', 'kubectl'].map((name) => `${arch}/${name}`),
        ...['apiserver', 'controller-manager', 'scheduler', 'proxy'].flatMap((name) =>
          ['tar', 'docker_tag'].map((end) => `${arch}/kube-${name}.${end}`),
        ),
      ]),
      ...['amd64', 'arm64'].map((arch) => `plugins/v1.4.0/cni-plugins-linux-${arch}-v1.4.0.tar.gz`),
    ],
  );
  assert.equal(
    files.filter((file) => file.kind === 'with-sum' && file.sha256 !== undefined),
    [{ kind: 'with-sum', path, sha256: sums[0]?.sha256 }],
  );
  const tags = files.flatMap((file) => (file.kind === 'text' ? [file.text] : []));
  assert.equal(tags, Array(8).fill('v1.30.1-eks-1-30-5'));
});

test('digests that are known stand behind the images, but not where kubeadm reads a version', () => {
  const digest: OciDigest = `sha256:${'a'.repeat(64)}`;
  const release = releaseOf('v1-30-eks-5', {
    digests: new Map([['etcd-io/etcd:v3.5.13-eks-1-30-5', digest]]),
  });
  const text = kubeadmText(release);
  assert.match(text, `#   registry.example.com:5000/eks/etcd-io/etcd:v3.5.13-eks-1-30-5@${digest}\n`);
  assert.is(parse(text).etcd.local.imageTag, 'v3.5.13-eks-1-30-5');
});

test('kops.yaml has the sums of what kOps fetches, and what is only for some clusters as a comment', () => {
  const sum = (path: string, digit: string) => {
    return { path: `kubernetes/${path}`, sha256: asDigest(digit.repeat(64)), from: 'rebuilt' as const };
  };
  const sums = [
    sum('v1.30.1/bin/darwin/amd64/kubectl', '0'),
    sum('v1.30.1/bin/linux/amd64/kube-proxy', '1'),
    sum('v1.30.1/bin/linux/amd64/kubectl', '2'),
    sum('v1.30.1/bin/linux/arm64/kubelet', '3'),
  ];
  const { artifacts } = releaseOf('v1-30-eks-5');
  const text = kopsText(releaseOf('v1-30-eks-5', { artifacts: { ...artifacts, sums } }));
  const shown = text.match(/^# {3}bin\/.*$/gm);
  assert.equal(shown, [
    `#   bin/linux/amd64/kubectl ${'2'.repeat(64)}`,
    `#   bin/linux/arm64/kubelet ${'3'.repeat(64)}`,
  ]);
  assert.match(
    text,
    '#   authentication:\n#     aws:\n#       image: registry.example.com:5000/eks/kubernetes-sigs/aws-iam-authenticator:v0.6.20-eks-1-30-5\n',
  );
  assert.match(
    text,
    '#     sandboxImage: registry.example.com:5000/eks/kubernetes/pause:v1.30.1-eks-1-30-5\n',
  );
  assert.not.match(kopsText(releaseOf('v1-35-eks-2')), '#     sandboxImage');
});

test('kops.env is for a shell, whatever the URL has in it', () => {
  const { artifacts } = releaseOf('v1-30-eks-5');
  const release = releaseOf('v1-30-eks-5', {
    artifacts: { ...artifacts, url: 'https://files.example.com/a&b' },
  });
  assert.match(
    kopsEnvironment(release) ?? '',
    "\nexport CNI_VERSION_URL='https://files.example.com/a&b/plugins/v1.4.0/cni-plugins-linux-amd64-v1.4.0.tar.gz'\n",
  );
  assert.is(
    kopsEnvironment(releaseOf('v1-30-eks-5', { artifacts: { ...artifacts, plugins: {} } })),
    undefined,
  );
});

test('kops.env asks no server for a sum: without those of the programs it takes none', () => {
  const text = kopsEnvironment(releaseOf('v1-30-eks-5')) ?? '';
  assert.not.match(text, '.sha256');
  assert.match(text, 'CNI_ASSET_HASH_STRING:?');
});

test('the same release gives the same text', () => {
  const [first, second] = [releaseOf('v1-30-eks-5'), releaseOf('v1-30-eks-5')];
  assert.is(kubeadmText(first), kubeadmText({ ...second, digests: new Map() }));
  assert.is(kopsText(first), kopsText(second));
});

test.run();
