import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { byCodeUnit } from '../../../orchestrator/core/canonical-json.ts';
import { listedFiles } from '../../../orchestrator/publish/check/files.ts';
import { filesLeftOut } from '../../../orchestrator/publish/check/release.ts';
import type { ReleaseManifest } from '../../../orchestrator/publish/manifest/release.ts';
import { expectedPaths } from '../../../orchestrator/release/expected-site.ts';
import { committedLock } from '../../rig/committed-releases.ts';

const lock = committedLock('v1-30-eks-5');
const projects = ['coredns/coredns', 'etcd-io/etcd'];
const all = expectedPaths(lock, projects).map(({ path }) => path);
const isOfImages = (path: string) => path.startsWith('kubernetes/');

const saying = (annotation: string | undefined): ReleaseManifest => ({
  ...{
    name: 'kubernetes-1-30-eks-5',
    channel: '1-30',
    number: 5,
    date: '2024-05-28T00:00:00Z',
    components: [],
  },
  annotations: annotation === undefined ? {} : { 'eksd-rebuild/left-out-files': annotation },
});

test('files of images that a release was made without are not missing from its site', () => {
  const there = all.filter((path) => !isOfImages(path)).sort(byCodeUnit);
  const left = JSON.stringify(all.filter(isOfImages));
  assert.ok(there.length > 0 && there.length < all.length);
  const compare = (annotation: string | undefined, paths: readonly string[]) =>
    listedFiles(lock, projects, filesLeftOut(saying(annotation))).compare(paths);
  assert.is(compare(undefined, there).verdict, 'different');
  const told = compare(left, there);
  assert.is(told.verdict, 'identical');
  assert.match(JSON.stringify(told), 'but for 26 files of images that it was made without');
  assert.is(compare(left, all).verdict, 'identical', 'they may be there');
  assert.is(compare(left, there.slice(1)).verdict, 'different', 'others may not be away');
  for (const strange of ['{', '"x"', '{"a":1}', '[1]'])
    assert.is(compare(strange, there).verdict, 'different');
});

test.run();
