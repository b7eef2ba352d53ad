import * as assert from 'uvu/assert';
import { findProjects, type ProjectFiles } from '../../orchestrator/release/project-files.ts';
import { suite } from '../rig/suite.ts';
import { type FakeCommit, fakeUpstream, lastTree } from '../rig/upstream.ts';

const test = suite('project files');

async function projects(commits: readonly FakeCommit[], branch = '1-30'): Promise<readonly ProjectFiles[]> {
  const found = await findProjects(lastTree(fakeUpstream(commits)), branch);
  if (!found.ok) throw new Error(JSON.stringify(found.error));
  return found.value;
}

async function only(files: Readonly<Record<string, string>>): Promise<ProjectFiles> {
  const [first, ...rest] = await projects([{ files }]);
  assert.equal(rest, []);
  if (first === undefined) throw new Error('no project');
  return first;
}

const own = 'projects/org/tool';

test('a project belongs to a branch when it has a GIT_TAG there; in code-unit order', async () => {
  const found = await projects([
    {
      files: {
        'projects/org/z/1-30/GIT_TAG': 'v1',
        'projects/org/Z/1-30/GIT_TAG': 'v1',
        'projects/org/other/1-29/GIT_TAG': 'v1',
        'projects/org/nothing/1-30/CHECKSUMS': '',
        'projects/org/kubernetes/1-30/kube-proxy/GIT_TAG': 'v1',
        'projects/org/gone/1-30/GIT_TAG': 'v1',
      },
    },
    { files: { 'projects/org/gone/1-30/GIT_TAG': null } },
  ]);
  assert.equal(
    found.map((each) => each.project),
    ['org/Z', 'org/z'],
  );
});

test('a file of the branch comes before one of the project', async () => {
  const files = await only({
    [`${own}/GIT_TAG`]: 'v1',
    [`${own}/1-30/GIT_TAG`]: 'v2',
    [`${own}/CHECKSUMS`]: 'old',
    [`${own}/1-30/CHECKSUMS`]: 'new',
    [`${own}/ATTRIBUTION.txt`]: 'old',
    [`${own}/1-30/ATTRIBUTION.txt`]: 'new',
    [`${own}/1-30/GOLANG_VERSION`]: '1.21',
    [`${own}/1-30/Overrides.mk`]: '',
    [`${own}/Makefile`]: '',
  });
  const paths = [
    files.gitTag,
    files.checksums,
    files.attribution,
    files.golangVersion,
    files.overrides,
    files.makefile,
  ];
  assert.equal(
    paths.map((file) => file?.path.slice(own.length + 1)),
    [
      '1-30/GIT_TAG',
      '1-30/CHECKSUMS',
      '1-30/ATTRIBUTION.txt',
      '1-30/GOLANG_VERSION',
      '1-30/Overrides.mk',
      'Makefile',
    ],
  );
});

test('the first releases had it all in the project', async () => {
  const files = await only({
    [`${own}/GIT_TAG`]: 'v1',
    [`${own}/CHECKSUMS`]: 'sums',
    [`${own}/ATTRIBUTION.txt`]: 'text',
  });
  assert.equal(
    [files.gitTag.path, files.checksums?.path, files.attribution?.path],
    [`${own}/GIT_TAG`, `${own}/CHECKSUMS`, `${own}/ATTRIBUTION.txt`],
  );
});

test("with a GIT_TAG of the branch, the project's CHECKSUMS are another branch's", async () => {
  const files = await only({ [`${own}/1-30/GIT_TAG`]: 'v1', [`${own}/CHECKSUMS`]: 'sums' });
  assert.is(files.checksums, undefined);
});

test('patches are whatever is in their folder itself, in the order of their whole names', async () => {
  const folder = `${own}/1-30/patches`;
  const files = await only({
    [`${own}/1-30/GIT_TAG`]: 'v1',
    [`${own}/patches/0001-other.patch`]: '',
    [`${folder}/0010-c.patch`]: '',
    [`${folder}/0002-b.patch`]: '',
    [`${folder}/0002-a.patch`]: '',
    [`${folder}/0003-no-suffix`]: '',
    [`${folder}/B.patch`]: '',
    [`${folder}/a.patch`]: '',
    [`${folder}/.gitkeep`]: '',
    [`${folder}/sub/0001-deeper.patch`]: '',
    [`${own}/1-30/server/patches/0001-never-applied.patch`]: '',
  });
  assert.equal(
    files.patches.map((patch) => patch.path.slice(folder.length + 1)),
    ['0002-a.patch', '0002-b.patch', '0003-no-suffix', '0010-c.patch', 'B.patch', 'a.patch'],
  );
});

test("without patches of the branch, the project's are applied", async () => {
  const files = await only({ [`${own}/1-30/GIT_TAG`]: 'v1', [`${own}/patches/0001-a.patch`]: '' });
  assert.equal(
    files.patches.map((patch) => patch.path),
    [`${own}/patches/0001-a.patch`],
  );
});

test("what upstream's CI does not build is no project, whatever is left of it", async () => {
  const files = {
    'projects/org/tool/1-32/GIT_TAG': 'v1',
    'projects/org/dropped/1-32/GIT_TAG': 'v1',
    'projects/org/dropped/1-32/CHECKSUMS': 'sums',
  };
  const main = (names: string) => `import (\n\t"os/exec"\n)\n\tbuildOrder := []string{\n${names}\t}\n`;
  const before = [
    { files: { ...files, 'cmd/main_postsubmit.go': main('\t\t"org/tool",\n\t\t"org/dropped",\n') } },
  ];
  const after = [...before, { files: { 'cmd/main_postsubmit.go': main('\t\t"org/tool",\n') } }];
  const names = async (commits: readonly FakeCommit[]) =>
    (await projects(commits, '1-32')).map((each) => each.project);
  assert.equal(await names(before), ['org/dropped', 'org/tool']);
  assert.equal(await names(after), ['org/tool']);
});

test.run();
