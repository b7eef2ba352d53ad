import * as assert from 'uvu/assert';
import { findDifferences } from '../../orchestrator/release/differences.ts';
import { suite } from '../rig/suite.ts';
import { type FakeCommit, fakeUpstream, lastTree } from '../rig/upstream.ts';

const test = suite('differences');

const own = 'projects/org/tool';
const base = {
  [`${own}/GIT_TAG`]: 'v0',
  [`${own}/CHECKSUMS`]: 'old',
  [`${own}/1-30/GIT_TAG`]: 'v1',
  [`${own}/1-30/CHECKSUMS`]: 'sums',
  [`${own}/1-30/patches/0001-a.patch`]: 'a',
  [`${own}/1-29/GIT_TAG`]: 'v1',
  [`${own}/Makefile`]: 'make',
  'Common.mk': 'common',
};

/** How the second commit's tree differs from the first's. */
async function differences(files: FakeCommit['files'] & {}, branch = '1-30'): Promise<readonly string[]> {
  const upstream = fakeUpstream([{ files: base }, { files }]);
  const after = lastTree(upstream);
  const found = await findDifferences({ ...after, place: 0 }, after, branch);
  if (!found.ok) throw new Error(JSON.stringify(found.error));
  return found.value.map(({ path, change }) => `${change} ${path}`);
}

const inputs: readonly string[] = [
  `changed ${own}/1-30/GIT_TAG`,
  `changed ${own}/1-30/CHECKSUMS`,
  `changed ${own}/1-30/patches/0001-a.patch`,
  `removed ${own}/1-30/patches/0001-a.patch`,
  `added ${own}/1-30/patches/0002-b.patch`,
  `added ${own}/1-30/GOLANG_VERSION`,
  `added ${own}/1-30/Overrides.mk`,
  `added ${own}/1-30/PAUSE_3_4_TAG`,
  `changed ${own}/Makefile`,
  `added ${own}/build/lib/binaries.sh`,
  'changed Common.mk',
  'removed Common.mk',
  'added build/lib/common.sh',
  'added EKS_DISTRO_MINIMAL_BASE_TAG_FILE',
];
for (const difference of inputs) {
  const [change = '', path = ''] = difference.split(' ');
  test(`a build input that is ${difference}`, async () => {
    assert.equal(await differences({ [path]: change === 'removed' ? null : 'something else' }), [difference]);
  });
}

const others: readonly string[] = [
  `${own}/1-30/ATTRIBUTION.txt`,
  `${own}/1-30/go.sum`,
  `${own}/1-30/checksums`,
  `${own}/1-30/server/patches/0001-never-applied.patch`,
  `${own}/1-29/GIT_TAG`,
  `${own}/GIT_TAG`,
  `${own}/CHECKSUMS`,
  `${own}/README.md`,
  `${own}/docker/linux/Dockerfile`,
  'projects/org/other/1-29/GIT_TAG',
  'projects/org/other/build/script.sh',
  'docs/contents/releases/1-30/1/index.md',
  'release/1-30/production/RELEASE',
  'Makefile',
  'cmd/release/main.go',
  'build/update-attribution-files/create_pr.sh',
];
for (const path of others) {
  test(`${path} is no build input of branch 1-30`, async () => {
    assert.equal(await differences({ [path]: 'something else' }), []);
  });
}

test('a project that comes brings all its inputs', async () => {
  const files = { 'projects/org/new/1-30/GIT_TAG': 'v1', 'projects/org/new/Makefile': 'make' };
  assert.equal(await differences(files), [
    'added projects/org/new/1-30/GIT_TAG',
    'added projects/org/new/Makefile',
  ]);
});

test('a file that moves from the project to the branch is two differences', async () => {
  assert.equal(
    await differences({ [`${own}/1-31/GIT_TAG`]: 'v1' }, '1-31'),
    [`removed ${own}/CHECKSUMS`, `removed ${own}/GIT_TAG`, `added ${own}/1-31/GIT_TAG`].sort((a, b) =>
      a.slice(a.indexOf(' ')) < b.slice(b.indexOf(' ')) ? -1 : 1,
    ),
  );
});

test.run();
