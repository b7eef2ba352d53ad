import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { imagesOfRelease, repositoryBelow } from '../../orchestrator/cluster/image-names.ts';
import type { Project } from '../../orchestrator/config/project/project.ts';
import { readPlace } from '../../orchestrator/core/registry-place.ts';
import { committedLock, committedRecipes } from '../rig/committed-releases.ts';

const recipes = committedRecipes();

test('all that was published of a release, and what the others stand on', () => {
  const images = imagesOfRelease(committedLock('v1-30-eks-5'), recipes);
  assert.equal(
    images.map(({ name, tag }) => `${name}:${tag}`),
    [
      'coredns/coredns:v1.11.1-eks-1-30-5',
      'etcd-io/etcd:v3.5.13-eks-1-30-5',
      'kubernetes-csi/external-attacher:v4.5.1-eks-1-30-5',
      'kubernetes-csi/external-provisioner:v4.0.1-eks-1-30-5',
      'kubernetes-csi/external-resizer:v1.10.1-eks-1-30-5',
      'kubernetes-csi/external-snapshotter/csi-snapshotter:v7.0.2-eks-1-30-5',
      'kubernetes-csi/external-snapshotter/snapshot-controller:v7.0.2-eks-1-30-5',
      'kubernetes-csi/external-snapshotter/snapshot-validation-webhook:v7.0.2-eks-1-30-5',
      'kubernetes-csi/livenessprobe:v2.12.0-eks-1-30-5',
      'kubernetes-csi/node-driver-registrar:v2.10.1-eks-1-30-5',
      'kubernetes-sigs/aws-iam-authenticator:v0.6.20-eks-1-30-5',
      'kubernetes-sigs/metrics-server:v0.7.1-eks-1-30-5',
      'kubernetes/cloud-provider-aws/cloud-controller-manager:v1.30.0-eks-1-30-5',
      'kubernetes/go-runner:v0.16.4-eks-1-30-5',
      'kubernetes/kube-apiserver:v1.30.1-eks-1-30-5',
      'kubernetes/kube-controller-manager:v1.30.1-eks-1-30-5',
      'kubernetes/kube-proxy:v1.30.1-eks-1-30-5',
      'kubernetes/kube-proxy-base:v0.16.4-eks-1-30-5',
      'kubernetes/kube-scheduler:v1.30.1-eks-1-30-5',
      'kubernetes/pause:v1.30.1-eks-1-30-5',
    ],
  );
});

test('a release has no image of what it has no project for', () => {
  const images = imagesOfRelease(committedLock('v1-34-eks-2'), recipes);
  assert.equal(
    images.map(({ name }) => name),
    [
      'coredns/coredns',
      'etcd-io/etcd',
      'kubernetes-sigs/aws-iam-authenticator',
      'kubernetes/cloud-provider-aws/cloud-controller-manager',
      'kubernetes/go-runner',
      'kubernetes/kube-apiserver',
      'kubernetes/kube-controller-manager',
      'kubernetes/kube-proxy',
      'kubernetes/kube-proxy-base',
      'kubernetes/kube-scheduler',
      'kubernetes/pause',
    ],
  );
  assert.is(images.find(({ name }) => name === 'kubernetes/pause')?.tag, 'v1.34.0-rc.0-eks-1-34-2');
});

test('conditions of a recipe are held against its tag and the day of the commit that was read', () => {
  const lock = committedLock('v1-30-eks-5');
  const image = (name: string, when: Project['images'][number]['when']) => ({
    ...{ name, dockerfile: 'Dockerfile' as never, programs: ['etcd' as never], licenses: 'yes' as const },
    ...{ users: [], links: {}, args: {}, ...(when === undefined ? {} : { when }) },
  });
  const recipe: Project = {
    ...{ schema: '1', description: 'etcd', builds: [], cBuilds: [], archives: [] },
    images: [
      image('etcd/newer', { version: '>=3.6.0-0' }),
      image('etcd/older', { version: '<3.6.0-0' }),
      image('etcd/later', { from: '2024-05-29' }),
      image('etcd/sooner', { from: '2024-05-28' }),
    ],
  };
  const names = imagesOfRelease(lock, new Map([['etcd-io/etcd', recipe]])).map(({ name }) => name);
  assert.equal(
    names.filter((name) => name.startsWith('etcd/')),
    ['etcd/older', 'etcd/sooner'],
  );
});

test('a registry, with and without a prefix below it', () => {
  assert.equal(readPlace('registry.example.com:5000/a/b/'), {
    ok: true,
    value: { host: 'registry.example.com:5000', prefix: 'a/b' },
  });
  assert.equal(readPlace('localhost:5000'), { ok: true, value: { host: 'localhost:5000', prefix: '' } });
  assert.equal(readPlace('registry.example.com/x'), {
    ok: true,
    value: { host: 'registry.example.com', prefix: 'x' },
  });
  assert.is(
    repositoryBelow({ host: 'localhost:5000', prefix: '' }, 'kubernetes'),
    'localhost:5000/kubernetes',
  );
});

test('what is no registry is told apart from one', () => {
  for (const text of ['eks-distro', 'registry.example.com/EKS', '']) {
    const place = readPlace(text);
    assert.ok(!place.ok && place.error.reason === 'usage', text);
    assert.match(place.error.message, `--registry ${text} has`);
  }
});

test.run();
