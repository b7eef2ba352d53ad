import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { UnsealedLock } from '../../../orchestrator/config/lock/lock-file.ts';
import { type Project, projectSchema } from '../../../orchestrator/config/project/project.ts';
import { compareReleases } from '../../../orchestrator/release/difference/compare-releases.ts';
import { sideOf, sideWith, toolWith, turned } from '../../rig/compared.ts';

const plain = sideOf();
const other = { release: 'v1-30-eks-6', number: '6' };

test('a release and itself: no difference, and every file is the same, whoever compared it', () => {
  for (const authority of ['built', 'copied'] as const) {
    const checksums = { ...toolWith().checksums, authority } as NonNullable<
      UnsealedLock['projects'][string]['checksums']
    >;
    const side = sideWith({ checksums });
    const difference = compareReleases(side, side);
    assert.is(difference.differs, false);
    assert.is(difference.order, 'same');
    assert.equal(difference.files, { same: 1, changed: 0, added: 0, removed: 0, unknown: 0 });
    assert.equal(difference.projects[0]?.patches, []);
  }
});

test('two releases of the same pins differ in their names alone', () => {
  const difference = compareReleases(plain, sideOf(other));
  assert.is(difference.differs, false);
  assert.is(difference.order, 'later');
  assert.equal(difference.after, {
    release: 'v1-30-eks-6',
    branch: '1-30',
    number: 6,
    commit: 'd'.repeat(40),
    date: '2024-05-01T10:00:00Z',
    ownPatches: 0,
  });
});

test('the later one is that of the newer branch, and of one branch that with the higher number', () => {
  const orderTo = (branch: string, number: string) =>
    compareReleases(plain, sideOf({ release: 'x', branch, number })).order;
  assert.equal([orderTo('1-30', '10'), orderTo('1-30', '4')], ['later', 'earlier']);
  assert.equal([orderTo('1-9', '6'), orderTo('1-31', '1')], ['earlier', 'later']);
});

test('a tag, a commit, a Go, a base: whatever is pinned differs', () => {
  const go = { ...toolWith().go, version: '1.21' } as NonNullable<UnsealedLock['projects'][string]['go']>;
  for (const changes of [
    { tag: 'v1.2.4' },
    { commit: '1'.repeat(40) },
    { go },
    { commit: 'absent' as const },
  ]) {
    const { differs, projects } = compareReleases(plain, sideWith(changes));
    assert.equal([differs, projects[0]?.change], [true, 'changed'], JSON.stringify(changes));
  }
  const moved = {
    name: 'eks-distro-minimal-base',
    tag: '2024-05-01',
    file: 'EKS_DISTRO_MINIMAL_BASE_TAG_FILE',
  };
  const { differs, baseImages } = compareReleases(plain, sideOf({ baseImages: [moved] }));
  assert.is(differs, true);
  assert.equal(baseImages, [
    {
      file: 'EKS_DISTRO_MINIMAL_BASE_TAG_FILE',
      change: 'changed',
      before: { name: 'eks-distro-minimal-base', tag: '2024-04-01' },
      after: { name: 'eks-distro-minimal-base', tag: '2024-05-01' },
    },
  ]);
});

test('what nobody was asked for is no difference: a commit, a digest', () => {
  const [base] = plain.lock.baseImages;
  const digest = `sha256:${'1'.repeat(64)}`;
  const pinned = sideOf({ baseImages: [{ ...base, digest } as never] });
  assert.is(compareReleases(plain, sideWith({ commit: 'unresolved' })).differs, false);
  assert.is(compareReleases(plain, pinned).differs, false);
  const moved = sideOf({ baseImages: [{ ...base, digest: `sha256:${'2'.repeat(64)}` } as never] });
  assert.is(compareReleases(pinned, moved).baseImages[0]?.change, 'changed');
});

test('projects come and go with their files', () => {
  const before = sideOf({ projects: { 'org/old': toolWith() } });
  const { projects, files, gos } = compareReleases(before, plain);
  assert.equal(
    projects.map(({ project, change, patches }) => [project, change, patches.length]),
    [
      ['org/old', 'removed', 0],
      ['org/tool', 'added', 0],
    ],
  );
  assert.equal([files.added, files.removed, gos.length], [1, 1, 0]);
});

const file = (name: string, sha: string) => ({
  platform: 'linux/amd64',
  name,
  sha256: sha.repeat(64),
  line: '1',
});
const listed = (
  files: readonly ReturnType<typeof file>[],
  authority: 'built' | 'unchecked' | 'copied' = 'built',
) => sideWith({ checksums: { ...toolWith().checksums, authority, files: [...files] } as never });

test('files are the same, changed, new and gone by their hashes, where upstream compared them', () => {
  const before = listed([file('a', '1'), file('b', '2'), file('c', '3')]);
  const after = listed([file('a', '1'), file('b', '4'), file('d', '5')]);
  const changes = (difference: ReturnType<typeof compareReleases>) =>
    difference.projects[0]?.files.map(({ name, change }) => `${name} ${change}`);
  assert.equal(changes(compareReleases(before, after)), ['a same', 'b changed', 'c removed', 'd added']);
  const stale = listed([file('a', '1'), file('b', '4'), file('d', '5')], 'unchecked');
  assert.equal(changes(compareReleases(before, stale)), ['a unknown', 'b unknown', 'c removed', 'd added']);
  const { checksums: _, ...without } = toolWith();
  const none = sideOf({ projects: { 'org/tool': without } });
  assert.equal(changes(compareReleases(before, none)), ['a unknown', 'b unknown', 'c unknown']);
});

test('patches of the user own: listed as such, and no hash speaks of the files', () => {
  const own = {
    path: 'patches/org/tool/0001-mine.patch',
    sha256: '9'.repeat(64),
    subject: 'Mine',
    fixes: ['CVE-2026-1111'],
    own: true as const,
  };
  const after = { ...plain, ownPatches: new Map([['org/tool', [own]]]) };
  const { differs, projects, files, after: release } = compareReleases(plain, after);
  assert.equal([differs, release.ownPatches, files.unknown], [true, 1, 1]);
  assert.equal(projects[0]?.patches, [{ change: 'added', after: own }]);
  assert.equal(projects[0]?.files, [
    { platform: 'linux/amd64', name: 'tool', change: 'unknown', before: 'a'.repeat(64) },
  ]);
});

const build = (version: string, patches: readonly object[]) => ({
  version,
  repository: 'https://example.com/tooling.git',
  commit: '7'.repeat(40),
  patches: patches as never,
});
const goPatch = (number: string, cve: string) => ({
  path: `projects/golang/go/1.20/patches/${number}-fix.patch`,
  sha256: cve.slice(-1).repeat(64),
  changes: ['net/http'],
  fixes: [cve],
});

test('patches in another order are a difference, though each is the same', () => {
  const [one, two] = ['1', '2'].map((digit) => ({
    path: `projects/org/tool/1-30/patches/000${digit}-x${digit}.patch`,
    sha256: digit.repeat(64),
  })) as [object, object];
  const sideOfPatches = (...patches: readonly object[]) => sideWith({ patches: patches as never });
  const { differs, projects } = compareReleases(sideOfPatches(one, two), sideOfPatches(two, one));
  assert.equal([differs, projects[0]?.reordered, projects[0]?.patches], [true, true, []]);
});

test('one Go for another is told once, with the patches on top of each', () => {
  const side = (name: string, patches: readonly object[]) => {
    const go = { version: '1.20.5', flavour: 'eks-go', build: name, read: 'x', others: [] } as const;
    const tool = toolWith({ go: { ...go, others: [] } });
    return sideOf({
      goBuilds: { [name]: build('1.20.5', patches) },
      projects: { 'org/kit': tool, 'org/tool': tool },
    });
  };
  const before = side('1.20.5-1@11111111', [goPatch('0001', 'CVE-2023-1111')]);
  const after = side('1.20.5-2@22222222', [
    goPatch('0001', 'CVE-2023-1111'),
    goPatch('0002', 'CVE-2023-2222'),
  ]);
  const { gos } = compareReleases(before, after);
  assert.is(gos.length, 1);
  assert.equal(gos[0]?.projects, ['org/kit', 'org/tool']);
  assert.equal(
    gos[0]?.patches.map(({ change, after: patch }) => [change, patch?.fixes, patch?.changes]),
    [['added', ['CVE-2023-2222'], ['net/http']]],
  );
});

test('the builds of a recipe that apply are those of each release', () => {
  const recipe: Project = projectSchema.parse({
    schema: '1',
    description: 'A tool',
    builds: [
      { when: { version: '<2.0.0' }, programs: [{ package: './cmd/tool' }] },
      { when: { version: '>=2.0.0' }, module: 'cmd', programs: [{ package: './tool' }] },
    ],
  });
  const recipes = new Map([['org/tool', recipe]]);
  const before = sideOf({}, recipes);
  const after = sideOf({ projects: { 'org/tool': toolWith({ tag: 'v2.0.0' }) } }, recipes);
  const [project] = compareReleases(before, after).projects;
  assert.equal(project?.before?.recipe, [{ build: 1, module: '.', when: { version: '<2.0.0' } }]);
  assert.equal(project?.after?.recipe, [{ build: 2, module: 'cmd', when: { version: '>=2.0.0' } }]);
});

test("lists of published files differ by more than their project's tag", () => {
  const lists = (tag: string, paths: readonly string[]) =>
    sideWith({
      tag,
      expectedFiles: { artifacts: { file: 'projects/org/tool/expected_artifacts', paths: [...paths] } },
    });
  const before = lists('v1', ['SHA256SUM', 'tool-linux-amd64-v1.tar.gz']);
  const after = lists('v2', ['SHA256SUM', 'tool-linux-amd64-v2.tar.gz', 'tool-linux-arm64-v2.tar.gz']);
  const listedIn = (difference: ReturnType<typeof compareReleases>) => difference.projects[0]?.listed;
  assert.equal(listedIn(compareReleases(before, after)), {
    added: ['tool-linux-arm64-v2.tar.gz'],
    removed: [],
  });
  assert.equal(listedIn(compareReleases(plain, after)), { added: [], removed: [] });
});

test('the way back is the way there with its sides exchanged', () => {
  const before = listed([file('a', '1'), file('b', '2'), file('c', '3')]);
  const after = sideOf({
    ...other,
    baseImages: [],
    projects: { 'org/kit': toolWith(), 'org/tool': toolWith({ tag: 'v2', patches: [] }) },
  });
  assert.equal(compareReleases(after, before), turned(compareReleases(before, after)));
});

test.run();
