import * as assert from 'uvu/assert';
import { type BuilderGo, readBuilderGo } from '../../orchestrator/release/builder-go.ts';
import { suite } from '../rig/suite.ts';
import { commitId, day, type FakeCommit, fakeUpstream, firstDay } from '../rig/upstream.ts';

const test = suite('builder go');
const repository = 'https://git.example/org/tooling.git';

async function read(commits: readonly FakeCommit[]): Promise<BuilderGo> {
  const { main, blobs } = fakeUpstream(commits);
  const builder = await readBuilderGo(repository, main, blobs);
  if (!builder.ok) throw new Error(JSON.stringify(builder.error));
  return builder.value;
}

/** The version on a day, counted from 0, and where it was read. */
function onDay(builder: BuilderGo, minor: string, number: number): string | undefined {
  const found = builder.at(minor, firstDay + number * day);
  return found && `${found.version} ${found.read}`;
}

const yaml = (...versions: readonly string[]) => ({
  'builder-base/versions.yaml': [
    'HELM_VERSION: 1.18.1',
    ...versions.map((version) => `GOLANG_VERSION_1${version.split('.')[1]}: ${version}`),
    '',
  ].join('\n'),
});

test('a version counts from the commit that brings it, until the next', async () => {
  const builder = await read([
    { files: yaml('1.20.1-1', '1.21.10-0') },
    { files: { 'builder-base/README.md': 'read me' } },
    { files: yaml('1.20.1-1', '1.21.11-0') },
  ]);
  const where = (version: string, line: number, commit: number) =>
    `${version} org/tooling builder-base/versions.yaml:${line}@${commitId(commit)}`;
  assert.is(onDay(builder, '1.21', -1), undefined);
  assert.is(onDay(builder, '1.21', 0), where('1.21.10', 3, 0));
  assert.is(onDay(builder, '1.21', 1.9), where('1.21.10', 3, 0));
  assert.is(onDay(builder, '1.21', 2), where('1.21.11', 3, 2));
  assert.is(onDay(builder, '1.20', 9), where('1.20.1', 2, 0));
  assert.is(onDay(builder, '1.2', 9), undefined);
});

test('a version that is removed is gone, and may come back', async () => {
  const builder = await read([
    { files: yaml('1.20.1-1') },
    { files: yaml('1.21.1-1') },
    { files: yaml('1.20.2-1', '1.21.1-1') },
  ]);
  assert.is(onDay(builder, '1.20', 1), undefined);
  assert.match(onDay(builder, '1.20', 2) ?? '', /^1\.20\.2 /);
});

/** How the versions stood over the years, shortened. */
const eras: readonly (readonly [
  era: string,
  files: Readonly<Record<string, string>>,
  expected: readonly string[],
])[] = [
  [
    'one version in install.sh',
    {
      'install.sh': `set -e\nGOLANG_VERSION="\${GOLANG_VERSION:-1.13.15}"\nBUILDKIT_VERSION="\${BUILDKIT_VERSION:-v0.7.2}"\n`,
    },
    ['1.13.15 install.sh:2'],
  ],
  [
    'a call for each',
    { 'install.sh': `setupgo "\${GOLANG113_VERSION:-1.13.15}"\nsetupgo "\${GOLANG116_VERSION:-1.16.7}"\n` },
    ['1.13.15 install.sh:1', '1.16.7 install.sh:2'],
  ],
  [
    'a call for each, with the default in versions.sh',
    {
      'install.sh': `    build::go::install "\${GOLANG115_VERSION:-1.15.15}"\n`,
      'versions.sh': `#!/bin/sh\nGOLANG_VERSION="\${GOLANG_VERSION:-1.17.9}"\n`,
    },
    ['1.15.15 install.sh:1', '1.17.9 versions.sh:2'],
  ],
  [
    'a loop',
    {
      'install.sh': `for version in "\${GOLANG117_VERSION:-1.17.13}" "\${GOLANG118_VERSION:-1.18.5}"; do\n  build::go::install $version\ndone\n`,
    },
    ['1.17.13 install.sh:1', '1.18.5 install.sh:1'],
  ],
  [
    'the Dockerfile',
    {
      'install.sh': `setupgo "\${GOLANG118_VERSION:-1.18.1}"\n`,
      Dockerfile:
        'FROM x as golang-1.19\nRUN install_golang.sh 1.19.2 1\nFROM x as golang-1.18\nRUN install_golang.sh 1.18.7 1\n',
    },
    ['1.18.7 Dockerfile:4', '1.19.2 Dockerfile:2'],
  ],
  [
    'versions.yaml, whatever else there is',
    {
      'install.sh': `setupgo "\${GOLANG118_VERSION:-1.18.1}"\n`,
      'versions.yaml': 'GOLANG_VERSION_118: "1.18.10-2"\n',
    },
    ['1.18.10 versions.yaml:1'],
  ],
];
for (const [era, files, expected] of eras) {
  test(`versions are read from ${era}`, async () => {
    const named = Object.fromEntries(
      Object.entries(files).map(([name, text]) => [`builder-base/${name}`, text]),
    );
    const builder = await read([{ files: named }]);
    const minors = ['1.13', '1.14', '1.15', '1.16', '1.17', '1.18', '1.19', '1.20', '1.21'];
    const found = minors.flatMap((minor) => onDay(builder, minor, 0) ?? []);
    assert.equal(
      found,
      expected.map((each) => `${each.replace(' ', ' org/tooling builder-base/')}@${commitId(0)}`),
    );
  });
}

test.run();
