import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { Lock } from '../../orchestrator/config/lock/lock.ts';
import { readLock, renderLock } from '../../orchestrator/config/lock/lock-file.ts';
import { compareWithExpected, expectedPaths } from '../../orchestrator/release/expected-site.ts';
import { samplePins } from '../rig/pins.ts';

/** A lock whose projects have these lists, by project: tag, artifacts, images. */
function lockOf(
  lists: Readonly<Record<string, readonly [tag: string, artifacts?: string | undefined, images?: string]>>,
): Lock {
  const pins = samplePins();
  const projects = Object.entries(lists).map(([project, [tag, artifacts, images]]) => {
    const listOf = (kind: string, paths: string | undefined) =>
      paths === undefined
        ? {}
        : { [kind]: { file: `projects/${project}/expected_${kind}`, paths: paths.split(' ') } };
    const expectedFiles = { ...listOf('artifacts', artifacts), ...listOf('images', images) };
    return [project, { ...pins.projects['org/tool'], tag, expectedFiles }];
  });
  const lock = readLock('lock', renderLock({ ...pins, projects: Object.fromEntries(projects) }));
  if (!lock.ok) throw new Error(JSON.stringify(lock.error));
  return lock.value;
}

const lock = lockOf({
  'containernetworking/plugins': ['v1.4.0', 'SHA256SUM cni-v1.4.0.tar.gz'],
  'etcd-io/etcd': ['v3.5.13', 'etcd.tar.gz', 'SHA256SUM bin/etcd.tar'],
  'kubernetes/kubernetes': ['v1.30.1', 'SHA256SUM bin/kubectl', 'SHA256SUM bin/pause.tar'],
  'kubernetes/release': ['v0.16.4'],
});

const all = [
  'etcd/v3.5.13/etcd.tar.gz',
  'kubernetes/v1.30.1/SHA256SUM',
  'kubernetes/v1.30.1/bin/etcd.tar',
  'kubernetes/v1.30.1/bin/kubectl',
  'kubernetes/v1.30.1/bin/pause.tar',
  'plugins/v1.4.0/SHA256SUM',
  'plugins/v1.4.0/cni-v1.4.0.tar.gz',
];

test("what lists name lies in the project's folder, and of images in Kubernetes', once", () => {
  assert.equal(
    expectedPaths(lock).map(({ path }) => path),
    all,
  );
  assert.is(expectedPaths(lock)[1]?.project, 'etcd-io/etcd', 'the first that names it, by project');
  assert.equal(expectedPaths(lock)[2], {
    path: 'kubernetes/v1.30.1/bin/etcd.tar',
    project: 'etcd-io/etcd',
    list: 'projects/etcd-io/etcd/expected_images',
  });
});

test('a site that has all of it and nothing else is as expected, in whatever order', () => {
  assert.equal(compareWithExpected([...all].reverse(), lock), { missing: [], unexpected: [], unlisted: [] });
});

test('what is missing and what is too much is named; where no list speaks of the folder, nothing is known', () => {
  const there = [
    ...all.filter((path) => path !== 'plugins/v1.4.0/cni-v1.4.0.tar.gz'),
    'plugins/v1.4.0/left-over',
    'plugins/v1.4.1/SHA256SUM',
    'cloud-provider-aws/v1.30.0/x.tar.gz',
  ];
  const found = compareWithExpected(there, lock);
  assert.equal(
    found.missing.map(({ path, list }) => `${path} ${list}`),
    ['plugins/v1.4.0/cni-v1.4.0.tar.gz projects/containernetworking/plugins/expected_artifacts'],
  );
  assert.equal(found.unexpected, ['plugins/v1.4.0/left-over', 'plugins/v1.4.1/SHA256SUM']);
  assert.equal(found.unlisted, ['cloud-provider-aws/v1.30.0/x.tar.gz']);
});

test('of some projects, only their lists count, in the folders that the release has', () => {
  assert.equal(
    expectedPaths(lock, ['etcd-io/etcd']).map(({ path }) => path),
    ['etcd/v3.5.13/etcd.tar.gz', 'kubernetes/v1.30.1/SHA256SUM', 'kubernetes/v1.30.1/bin/etcd.tar'],
  );
  const found = compareWithExpected(['plugins/v1.4.0/x', 'etcd/v3.5.13/x'], lock, ['etcd-io/etcd']);
  assert.equal([found.unexpected, found.unlisted], [['etcd/v3.5.13/x'], ['plugins/v1.4.0/x']]);
});

test('images of a release without Kubernetes have no place', () => {
  assert.equal(expectedPaths(lockOf({ 'org/tool': ['v1', undefined, 'bin/tool.tar'] })), []);
});

test.run();
