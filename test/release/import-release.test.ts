import * as assert from 'uvu/assert';
import { renderLock, type UnsealedLock } from '../../orchestrator/config/lock/lock-file.ts';
import { digestOf } from '../../orchestrator/core/digest.ts';
import type { Failure } from '../../orchestrator/core/failure.ts';
import { readBuilderGo } from '../../orchestrator/release/builder-go.ts';
import { findReleases } from '../../orchestrator/release/find-releases.ts';
import { importRelease } from '../../orchestrator/release/import-release.ts';
import { suite } from '../rig/suite.ts';
import { commitId, type FakeCommit, fakeUpstream } from '../rig/upstream.ts';

const test = suite('import release');

const sha256 = 'a'.repeat(64);
const own = 'projects/org/tool';
const files = {
  EKS_DISTRO_MINIMAL_BASE_TAG_FILE: '2022-01-01-1.2\n',
  EKS_DISTRO_WINDOWS_BASE_LTSC2022_TAG_FILE: 'ltsc2022-2022-01-01-1.2',
  [`${own}/Makefile`]: 'REPO=tool\nSKIP_CHECKSUM_VALIDATION=true\n',
  [`${own}/1-30/GIT_TAG`]: 'v1.2.3',
  [`${own}/1-30/GOLANG_VERSION`]: '1.20\n',
  [`${own}/1-30/ATTRIBUTION.txt`]: '\n** golang.org/go; version go1.20.7 --\n',
  [`${own}/1-30/CHECKSUMS`]: `\n${sha256}  _output/1-30/bin/tool/linux-amd64/tool`,
  [`${own}/1-30/patches/0002-b.patch`]: 'patch b',
  [`${own}/1-30/patches/0001-a.patch`]: 'patch a',
};
const published = { 'release/1-30/production/RELEASE': '5\n' };
const history: readonly FakeCommit[] = [
  { files },
  { files: { 'README.md': 'read me' } },
  { files: published },
  { files: { [`${own}/1-30/GIT_TAG`]: 'v1.2.4\n' }, tags: ['v1-30-eks-5'] },
];
const tooling: readonly FakeCommit[] = [
  { files: { 'builder-base/versions.yaml': 'GOLANG_VERSION_120: 1.20.8-1\n' } },
  { files: { 'builder-base/versions.yaml': 'GOLANG_VERSION_120: 1.20.9-1\n' } },
];

interface Given {
  readonly commits?: readonly FakeCommit[];
  readonly lacking?: readonly string[];
  readonly tree?: 'release' | 'tag';
  readonly release?: string;
}

async function importing(given: Given = {}): Promise<UnsealedLock | Failure> {
  const upstream = fakeUpstream(given.commits ?? history, given.lacking);
  const releases = await findReleases(upstream);
  const release = releases.ok ? releases.value.get(given.release ?? 'v1-30-eks-5') : undefined;
  if (release === undefined) throw new Error('there is no such release');
  const repository = 'https://git.example/org/tooling.git';
  const { main, blobs } = fakeUpstream(tooling);
  const builder = await readBuilderGo(repository, main, blobs);
  const sources = 'https://git.example/{org}/{repo}.git';
  const histories = builder.ok ? { builder: builder.value, eksGo: undefined } : undefined;
  const buildTooling = { repository, histories };
  const pins = await importRelease(release, given.tree ?? 'release', { upstream, buildTooling, sources });
  return pins.ok ? pins.value : pins.error;
}

test('a lock holds everything that the release commit says', async () => {
  assert.equal(await importing(), {
    release: 'v1-30-eks-5',
    branch: '1-30',
    number: '5',
    upstream: {
      repository: 'https://git.example/upstream.git',
      tree: 'release',
      releaseCommit: { commit: commitId(2), date: '2022-01-03T00:00:00Z' },
      tag: { name: 'v1-30-eks-5', commit: commitId(3), date: '2022-01-04T00:00:00Z' },
      differences: [{ path: `${own}/1-30/GIT_TAG`, change: 'changed' }],
    },
    buildTooling: { repository: 'https://git.example/org/tooling.git', state: 'read' },
    baseImages: [
      { name: 'eks-distro-minimal-base', tag: '2022-01-01-1.2', file: 'EKS_DISTRO_MINIMAL_BASE_TAG_FILE' },
      {
        name: 'eks-distro-windows-base',
        tag: 'ltsc2022-2022-01-01-1.2',
        file: 'EKS_DISTRO_WINDOWS_BASE_LTSC2022_TAG_FILE',
      },
    ],
    projects: {
      'org/tool': {
        repository: 'https://git.example/org/tool.git',
        tag: 'v1.2.3',
        commit: 'unresolved',
        golang: { minor: '1.20', read: `${own}/1-30/GOLANG_VERSION:1` },
        go: {
          version: '1.20.7',
          flavour: 'eks-go',
          origin: `org/tooling builder-base/versions.yaml:1@${commitId(0)}`,
          read: `${own}/1-30/ATTRIBUTION.txt:2`,
          others: [{ version: '1.20.8', read: `org/tooling builder-base/versions.yaml:1@${commitId(0)}` }],
        },
        patches: [
          { path: `${own}/1-30/patches/0001-a.patch`, sha256: digestOf('patch a') },
          { path: `${own}/1-30/patches/0002-b.patch`, sha256: digestOf('patch b') },
        ],
        checksums: {
          file: `${own}/1-30/CHECKSUMS`,
          authority: 'unchecked',
          because: `${own}/Makefile:2`,
          changed: '2022-01-01T00:00:00Z',
          changedBy: commitId(0),
          files: [{ platform: 'linux/amd64', name: 'tool', sha256, line: '2' }],
        },
      },
    },
  });
});

/** Those pins, or an error of the test. */
async function pinned(given: Given): Promise<UnsealedLock> {
  const pins = await importing(given);
  if ('reason' in pins) throw new Error(JSON.stringify(pins));
  return pins;
}

async function tool(given: Given): Promise<UnsealedLock['projects'][string]> {
  const project = (await pinned(given)).projects['org/tool'];
  if (project === undefined) throw new Error('no project');
  return project;
}

test('what upstream adds later does not change it', async () => {
  const later = {
    'release/1-30/production/RELEASE': '6\n',
    [`${own}/1-30/GIT_TAG`]: 'v2.0.0',
    [`${own}/1-30/CHECKSUMS`]: null,
    [`${own}/1-30/ATTRIBUTION.txt`]: '** golang.org/go; version go1.22.0 --\n',
    'projects/org/new/1-30/GIT_TAG': 'v1',
  };
  const commits = [...history, { files: later }];
  assert.is(renderLock(await pinned({ commits })), renderLock(await pinned({})));
});

test('--tree tag reads the tag instead', async () => {
  const pins = await pinned({ tree: 'tag' });
  assert.is(pins.upstream.tree, 'tag');
  assert.is(pins.projects['org/tool']?.tag, 'v1.2.4');
  assert.is(pins.upstream.releaseCommit?.commit, commitId(2));
  assert.is(pins.upstream.differences.length, 1);
});

test('a release without a tag is read from its commit, whatever is asked for', async () => {
  const commits = history.map(({ files }) => ({ files: files ?? {} }));
  const pins = await pinned({ commits, tree: 'tag' });
  assert.equal(
    [pins.upstream.tree, pins.upstream.tag, pins.upstream.differences],
    ['release', undefined, []],
  );
});

test('a tag without a release commit is read as it is', async () => {
  const pins = await pinned({ commits: [{ files, tags: ['v1-30-eks-1'] }], release: 'v1-30-eks-1' });
  assert.equal(
    [pins.upstream.tree, pins.upstream.releaseCommit, pins.upstream.tag?.commit],
    ['tag', undefined, commitId(0)],
  );
});

test('a patch whose content is missing is told from one that is there', async () => {
  const { patches } = await tool({ lacking: ['patch b'] });
  assert.equal(
    patches.map((patch) => patch.sha256),
    [digestOf('patch a'), 'unavailable'],
  );
});

test('any other file whose content is missing ends the import', async () => {
  const pins = await importing({ lacking: ['v1.2.3'] });
  if (!('reason' in pins) || pins.reason !== 'source-unavailable') throw new Error(JSON.stringify(pins));
  assert.is(pins.wanted, `${own}/1-30/GIT_TAG of commit ${commitId(2)}`);
});

test('CHECKSUMS that changed later than ATTRIBUTION.txt were built by the builder of that day', async () => {
  const sums = { [`${own}/1-30/CHECKSUMS`]: `${'b'.repeat(64)}  _output/1-30/bin/tool/linux-amd64/tool\n` };
  const { go, checksums } = await tool({ commits: [{ files }, { files: sums }, { files: published }] });
  assert.equal([checksums?.changed, checksums?.changedBy], ['2022-01-02T00:00:00Z', commitId(1)]);
  assert.equal(go, {
    version: '1.20.9',
    flavour: 'eks-go',
    origin: `org/tooling builder-base/versions.yaml:1@${commitId(1)}`,
    read: `org/tooling builder-base/versions.yaml:1@${commitId(1)}`,
    others: [{ version: '1.20.7', read: `${own}/1-30/ATTRIBUTION.txt:2` }],
  });
});

test('the Go release that counts is the one that was asked for when CHECKSUMS changed', async () => {
  const newer = {
    [`${own}/1-30/GOLANG_VERSION`]: '1.21\n',
    [`${own}/1-30/ATTRIBUTION.txt`]: '** golang.org/go; version go1.21.1 --\n',
  };
  const { go, golang } = await tool({ commits: [{ files }, { files: newer }, { files: published }] });
  assert.is(golang?.minor, '1.21');
  assert.is(go?.version, '1.20.8');
});

test('before GOLANG_VERSION, the Makefile asked for a Go release', async () => {
  const commits = [
    { files: { ...files, [`${own}/Makefile`]: '\nGOLANG_VERSION?="1.20"\n' } },
    { files: published },
  ];
  const asked = [
    ...commits.slice(0, 1),
    { files: { [`${own}/1-30/GOLANG_VERSION`]: null } },
    { files: published },
  ];
  assert.equal((await tool({ commits: asked })).golang, { minor: '1.20', read: `${own}/Makefile:2` });
});

test('without CHECKSUMS there is no expectation, and nothing is said of its authority', async () => {
  const { checksums } = await tool({
    commits: [{ files: { ...files, [`${own}/1-30/CHECKSUMS`]: null } }, { files: published }],
  });
  assert.is(checksums, undefined);
});

const malformed: readonly (readonly [path: string, text: string, message: string])[] = [
  [`${own}/1-30/GIT_TAG`, 'v1 v2\n', "expected a git tag's name, and nothing else"],
  [`${own}/1-30/GIT_TAG`, '', "expected a git tag's name, and nothing else"],
  [`${own}/1-30/GIT_TAG`, '--upload-pack=x', "expected a git tag's name, and nothing else"],
  [`${own}/1-30/GOLANG_VERSION`, 'latest\n', 'expected a Go release, such as 1.21'],
  [`${own}/1-30/CHECKSUMS`, 'no checksum\n', 'this line is no checksum of a built file'],
  ['EKS_DISTRO_MINIMAL_BASE_TAG_FILE', 'a tag\n', "expected an image's tag"],
];
for (const [path, text, message] of malformed) {
  test(`${path} with ${JSON.stringify(text)} is complained of where it stands`, async () => {
    const pins = await importing({ commits: [{ files: { ...files, [path]: text } }, { files: published }] });
    if (!('reason' in pins) || pins.reason !== 'configuration') throw new Error(JSON.stringify(pins));
    const [diagnostic] = pins.diagnostics;
    assert.equal(
      [diagnostic?.message, diagnostic?.location.file],
      [message, `${commitId(1).slice(0, 12)}:${path}`],
    );
    assert.is(diagnostic?.location.line, 1);
  });
}

test('a path that is unsafe on some machine is refused', async () => {
  const path = `${own}/1-30/patches/0001\\..\\x.patch`;
  const pins = await importing({ commits: [{ files: { ...files, [path]: 'x' } }, { files: published }] });
  if (!('reason' in pins) || pins.reason !== 'unsafe-path') throw new Error(JSON.stringify(pins));
  assert.is(pins.path, path);
});

test.run();
