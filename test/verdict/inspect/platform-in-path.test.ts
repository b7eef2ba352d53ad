import { test } from 'uvu';
import * as assert from 'uvu/assert';
import {
  fileNames,
  pathsFor,
  platformInPath,
} from '../../../orchestrator/verdict/inspect/platform-in-path.ts';

for (const [path, platform] of [
  ['_output/1-30/bin/linux/arm64/kubelet', 'linux/arm64'],
  ['_output/1-30/bin/etcd/linux-amd64/etcd', 'linux/amd64'],
  ['kubernetes-server-linux-amd64.tar.gz', 'linux/amd64'],
  ['etcd-linux-arm64-v3.5.13.tar.gz', 'linux/arm64'],
  ['aws-iam-authenticator-windows-amd64-v0.6.14.tar.gz', 'windows/amd64'],
  ['linux/amd64/build/darwin/amd64/kubectl', 'darwin/amd64'],
  ['kubernetes/server/bin/kubelet', undefined],
  ['linux/amd64x/kubelet', undefined],
] as const) {
  test(path, () => assert.is(platformInPath(path), platform));
}

test('what names the platform counts, or else what names none', () => {
  const paths = ['bin/linux/amd64/kubelet', 'bin/linux/arm64/kubelet', 'kubelet'];
  assert.equal(pathsFor('linux/arm64', paths, undefined), ['bin/linux/arm64/kubelet']);
  assert.equal(pathsFor('windows/amd64', paths, undefined), ['kubelet']);
  assert.equal(pathsFor('linux/arm64', ['bin/kubelet'], 'linux/amd64'), []);
  assert.equal(pathsFor('linux/arm64', ['bin/kubelet'], 'linux/arm64'), ['bin/kubelet']);
});

test('programs for Windows have an ending', () => {
  assert.equal(fileNames('a/kubelet', 'windows/amd64'), ['kubelet', 'kubelet.exe']);
  assert.equal(fileNames('kubelet.exe', 'windows/amd64'), ['kubelet.exe']);
  assert.equal(fileNames('kubelet', 'linux/amd64'), ['kubelet']);
});

test.run();
