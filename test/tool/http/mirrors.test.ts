import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { cloneName, mirrorUrl } from '../../../orchestrator/tool/http/mirrors.ts';

test('the longest prefix is replaced, and others are left alone', () => {
  const mirrors = {
    'https://github.com/': 'https://mirror.example/gh/',
    'https://github.com/etcd-io/': '/srv/git/etcd-io/',
    'https://github.com/etcd-io/etcd.git': '/srv/etcd',
  };
  assert.is(
    mirrorUrl('https://github.com/coredns/coredns.git', mirrors),
    'https://mirror.example/gh/coredns/coredns.git',
  );
  assert.is(mirrorUrl('https://github.com/etcd-io/bbolt.git', mirrors), '/srv/git/etcd-io/bbolt.git');
  assert.is(mirrorUrl('https://github.com/etcd-io/etcd.git', mirrors), '/srv/etcd');
  assert.is(mirrorUrl('https://gitlab.example/a/b.git', mirrors), 'https://gitlab.example/a/b.git');
});

test('one repository has one place, however its URL is written', () => {
  for (const url of [
    'https://github.com/etcd-io/etcd.git',
    'https://github.com/etcd-io/etcd',
    'https://user:secret@GitHub.com/etcd-io/etcd.git/',
    'ssh://git@github.com/etcd-io/etcd.git',
    'git@github.com:etcd-io/etcd.git',
  ]) {
    assert.is(cloneName(url), 'github.com/etcd-io/etcd', url);
  }
});

test('a place never leaves the folder of the clones', () => {
  assert.is(cloneName('https://host.example:8443/a/../../b'), 'host.example%3A8443/a/%2E%2E/%2E%2E/b');
  assert.is(cloneName('file:///srv/a b.git'), 'local/srv/a%20b');
  assert.is(cloneName('/srv/é/x'), 'local/srv/%C3%A9/x');
  assert.is(cloneName('../x'), 'local/%2E%2E/x');
});

test.run();
