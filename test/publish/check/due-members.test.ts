import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { dueMembers } from '../../../orchestrator/publish/check/due-members.ts';
import { committedLock, committedRecipes } from '../../rig/committed-releases.ts';

/** What EKS Distro's archives of two releases hold, by its own documentation of them. */
test('the archives of the committed releases, in the eras of both', () => {
  const due = dueMembers(committedLock('v1-30-eks-5'), committedRecipes());
  const of = (path: string) => due.get(path) ?? { files: [], folders: [] };
  assert.equal(of('etcd/v3.5.13/etcd-linux-arm64-v3.5.13.tar.gz'), {
    files: ['etcd', 'etcdctl', 'ATTRIBUTION.txt', 'ETCDCTL_ATTRIBUTION.txt'],
    folders: ['LICENSES'],
  });
  const authenticator = [...due.keys()].filter((path) => path.startsWith('aws-iam-authenticator/'));
  assert.equal(authenticator.map((path) => /authenticator-([a-z]+-[a-z0-9]+)-v/.exec(path)?.[1]).sort(), [
    'darwin-amd64',
    'linux-amd64',
    'linux-arm64',
    'windows-amd64',
  ]);
  const windows = authenticator.find((path) => path.includes('windows')) ?? '';
  assert.equal(of(windows).files, ['aws-iam-authenticator.exe', 'ATTRIBUTION.txt']);
  const plugins = [...due].find(([path]) => path.startsWith('plugins/'))?.[1].files ?? [];
  assert.ok(
    ['bridge', 'host-local', 'loopback', 'portmap'].every((name) => plugins.includes(name)),
    plugins.join(),
  );
  const [server] = [...due].filter(([path]) => path.endsWith('kubernetes-server-linux-amd64.tar.gz'));
  assert.equal(server?.[1].files.map((path) => path.replace('kubernetes/server/bin/', '')).sort(), [
    'kube-apiserver',
    'kube-controller-manager',
    'kube-proxy',
    'kube-scheduler',
    'kubeadm',
    'kubelet',
    'kubernetes/ATTRIBUTION.txt',
  ]);
  assert.equal(server?.[1].folders, ['kubernetes/LICENSES']);
  const [client] = [...due].filter(([path]) => path.endsWith('kubernetes-client-windows-amd64.tar.gz'));
  assert.ok(client?.[1].files.includes('kubernetes/client/bin/kubectl.exe'));
  assert.not.ok(
    [...due.keys()].some((path) => path.endsWith('kubernetes-src.tar.gz')),
    'as many as the source has',
  );
});

test('since June 2024 the server archive holds kubectl and the tars of four images', () => {
  const due = dueMembers(committedLock('v1-32-eks-21'), committedRecipes());
  const [server] = [...due].filter(([path]) => path.endsWith('kubernetes-server-linux-arm64.tar.gz'));
  const files = server?.[1].files ?? [];
  assert.ok(files.includes('kubernetes/server/bin/kubectl'));
  for (const name of ['kube-apiserver', 'kube-controller-manager', 'kube-proxy', 'kube-scheduler']) {
    for (const ending of ['', '.tar', '.docker_tag']) {
      assert.ok(files.includes(`kubernetes/server/bin/${name}${ending}`), `${name}${ending}`);
    }
  }
});

test.run();
