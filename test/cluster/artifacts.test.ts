import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { artifactsOf, fileKey } from '../../orchestrator/cluster/artifacts.ts';
import type { Artifacts } from '../../orchestrator/cluster/cluster-release.ts';
import { sumsFile } from '../../orchestrator/cluster/sums-file.ts';
import type { Lock, LockedProject } from '../../orchestrator/config/lock/lock.ts';
import { asDigest } from '../../orchestrator/core/digest.ts';

const one = asDigest('1'.repeat(64));
const two = asDigest('2'.repeat(64));
const three = asDigest('3'.repeat(64));

function lockOf(
  projects: Readonly<Record<string, Pick<LockedProject, 'tag'> & Partial<LockedProject>>>,
): Lock {
  return { branch: '1-30', number: 5, projects } as unknown as Lock;
}

function expecting(...files: readonly (readonly [platform: string, name: string, sha256: unknown])[]) {
  const lines = files.map(([platform, name, sha256], at) => ({ platform, name, sha256, line: at + 1 }));
  return { authority: 'built', files: lines } as unknown as NonNullable<LockedProject['checksums']>;
}

const lock = lockOf({
  'kubernetes/kubernetes': {
    tag: 'v1.30.1',
    checksums: expecting(['windows/amd64', 'kubelet.exe', two], ['linux/arm64', 'kubelet', one]),
  },
  'containernetworking/plugins': { tag: 'v1.4.0', checksums: expecting(['linux/amd64', 'bridge', three]) },
  'coredns/coredns': { tag: 'v1.11.1', checksums: expecting(['linux/amd64', 'coredns', one]) },
});

test('files lie below a URL as EKS Distro publishes them', () => {
  assert.equal(artifactsOf(lock, undefined, new Map()), {
    url: 'https://distro.eks.amazonaws.com/kubernetes-1-30/releases/5/artifacts',
    kubernetes: 'kubernetes/v1.30.1',
    plugins: {
      amd64: 'plugins/v1.4.0/cni-plugins-linux-amd64-v1.4.0.tar.gz',
      arm64: 'plugins/v1.4.0/cni-plugins-linux-arm64-v1.4.0.tar.gz',
    },
    sums: [
      { path: 'kubernetes/v1.30.1/bin/linux/arm64/kubelet', sha256: one, from: 'published' },
      { path: 'kubernetes/v1.30.1/bin/windows/amd64/kubelet.exe', sha256: two, from: 'published' },
      { path: 'plugins/v1.4.0/cni-plugins-linux-amd64-v1.4.0/bridge', sha256: three, from: 'published' },
    ],
  });
});

test('what was rebuilt stands for what was published, and is there where nothing was', () => {
  const rebuilt = new Map([
    [fileKey('kubernetes/kubernetes', 'linux/arm64', 'kubelet'), three],
    [fileKey('kubernetes/kubernetes', 'linux/amd64', 'kubelet'), two],
    [fileKey('etcd-io/etcd', 'linux/amd64', 'etcd'), one],
  ]);
  const { url, sums } = artifactsOf(lock, 'https://files.example.com/eks/', rebuilt);
  assert.is(url, 'https://files.example.com/eks');
  assert.equal(
    sums.map(
      ({ path, sha256, from }) => `${from} ${sha256.slice(0, 1)} ${path.split('/').slice(-3).join('/')}`,
    ),
    [
      'rebuilt 2 linux/amd64/kubelet',
      'rebuilt 3 linux/arm64/kubelet',
      'published 2 windows/amd64/kubelet.exe',
      'published 3 v1.4.0/cni-plugins-linux-amd64-v1.4.0/bridge',
    ],
  );
});

test('a release without plugins has no archive of them', () => {
  const made = artifactsOf(lockOf({ 'kubernetes/kubernetes': { tag: 'v1.36.2' } }), undefined, new Map());
  assert.equal(made.plugins, {});
  assert.equal(made.sums, []);
});

test('sums that upstream did not compare are not given', () => {
  for (const authority of ['unchecked', 'copied'] as const) {
    const checksums = { ...expecting(['linux/amd64', 'bridge', one]), authority };
    const plugins = { 'containernetworking/plugins': { tag: 'v1.9.1', checksums } };
    assert.equal(artifactsOf(lockOf(plugins), undefined, new Map()).sums, []);
  }
});

test('SHA256SUMS says where its sums are from', () => {
  const file = (name: string, from: 'published' | 'rebuilt') => ({ path: name, sha256: one, from });
  const text = (...sums: readonly unknown[]) =>
    sumsFile('v1-30-eks-5', { ...artifactsOf(lock, undefined, new Map()), sums: sums as Artifacts['sums'] });
  assert.is(text(), undefined);
  assert.is(
    text(file('a', 'published'), file('b', 'rebuilt')),
    `# Files of v1-30-eks-5: 1 as published, 1 as rebuilt.\n${one}  a\n${one}  b\n`,
  );
  assert.match(text(file('a', 'published')) ?? '', '# Files of v1-30-eks-5: 1 as published.\n');
  assert.match(text(file('a', 'rebuilt')) ?? '', '# Files of v1-30-eks-5: 1 as rebuilt.\n');
});

test.run();
