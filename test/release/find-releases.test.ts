import * as assert from 'uvu/assert';
import { findReleases, type Release } from '../../orchestrator/release/find-releases.ts';
import { suite } from '../rig/suite.ts';
import { commitId, type FakeCommit, fakeUpstream } from '../rig/upstream.ts';

const test = suite('find releases');

const number = (branch: string, text: string) => ({ [`release/${branch}/production/RELEASE`]: text });

async function found(commits: readonly FakeCommit[]): Promise<readonly Release[]> {
  const releases = await findReleases(fakeUpstream(commits));
  if (!releases.ok) throw new Error(JSON.stringify(releases.error));
  assert.equal(
    [...releases.value.keys()],
    [...releases.value.values()].map((release) => release.name),
  );
  return [...releases.value.values()];
}

test('a release is the commit that writes its number, and the tag of its name, newest first', async () => {
  const releases = await found([
    { files: number('1-30', '0\n') },
    { files: number('1-30', '1\n') },
    { tags: ['v1-30-eks-1'] },
    { files: number('1-30', '2') },
  ]);
  assert.equal(
    releases.map(({ name, branch, number, releaseCommit, tag }) => [
      name,
      branch,
      number,
      releaseCommit?.id,
      tag?.commit,
    ]),
    [
      ['v1-30-eks-2', '1-30', 2, commitId(3), undefined],
      ['v1-30-eks-1', '1-30', 1, commitId(1), commitId(2)],
    ],
  );
});

test('one commit may publish several branches; the newer branch comes first', async () => {
  const releases = await found([
    { files: { ...number('1-18', '2\n'), ...number('1-19', '2\n'), ...number('1-20', '0\n') } },
  ]);
  assert.equal(
    releases.map((release) => release.name),
    ['v1-19-eks-2', 'v1-18-eks-2'],
  );
});

test('a number that is written again later is the release of the first time', async () => {
  const releases = await found([
    { files: number('1-30', '1\n') },
    { files: number('1-30', '2\n') },
    { files: number('1-30', '1\n') },
  ]);
  assert.equal(
    releases.map(({ name, releaseCommit }) => [name, releaseCommit?.id]),
    [
      ['v1-30-eks-2', commitId(1)],
      ['v1-30-eks-1', commitId(0)],
    ],
  );
});

test('a tag without a release commit is a release', async () => {
  const [release, ...rest] = await found([{ tags: ['v1-18-eks-1'] }]);
  assert.equal(
    [release?.name, release?.number, release?.releaseCommit, release?.tag?.commit],
    ['v1-18-eks-1', 1, undefined, commitId(0)],
  );
  assert.equal(rest, []);
});

for (const name of [
  'v1-27-eks19',
  'v1-27-eks-019',
  'v1-27-eks-0',
  'v1-27-eks-1-rc',
  'v2.0.0',
  'v1-27-eks-1234567890',
]) {
  test(`the tag ${name} is no release`, async () => {
    assert.equal(await found([{ tags: [name] }]), []);
  });
}

for (const text of ['', 'x\n', '1 2\n', '-1', '12345678901\n']) {
  test(`the number ${JSON.stringify(text)} is none`, async () => {
    assert.equal(await found([{ files: number('1-30', text) }]), []);
  });
}

test('only the production number counts', async () => {
  const files = { 'release/1-30/development/RELEASE': '3\n', 'release/1-30/RELEASE': '4\n' };
  assert.equal(await found([{ files }]), []);
});

test('a number whose content is missing is said', async () => {
  const releases = await findReleases(fakeUpstream([{ files: number('1-30', '1\n') }], ['1\n']));
  assert.is(releases.ok, false);
  if (!releases.ok) assert.is(releases.error.reason, 'source-unavailable');
});

test.run();
