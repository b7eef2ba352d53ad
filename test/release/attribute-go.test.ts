import * as assert from 'uvu/assert';
import { attributeGo, type GoHistories } from '../../orchestrator/release/attribute-go.ts';
import { readBuilderGo } from '../../orchestrator/release/builder-go.ts';
import { amazonLinuxGoNamed, type EksGoState, readEksGo } from '../../orchestrator/release/eks-go.ts';
import { suite } from '../rig/suite.ts';
import { commitId, day, type FakeCommit, fakeUpstream, firstDay } from '../rig/upstream.ts';

const test = suite('whose Go');

async function read(commits: readonly FakeCommit[], lacking?: readonly string[]): Promise<GoHistories> {
  const upstream = { ...fakeUpstream(commits, lacking), repository: 'https://git.example/org/tooling.git' };
  const builder = await readBuilderGo(upstream.repository, upstream.main, upstream.blobs);
  if (!builder.ok) throw new Error(JSON.stringify(builder.error));
  const eksGo = await readEksGo(upstream);
  if (!eksGo.ok) throw new Error(JSON.stringify(eksGo.error));
  return { builder: builder.value, eksGo: eksGo.value };
}

const patch = (file: string) =>
  `Subject: fix\n\nFixes CVE-2023-0001\n---\ndiff --git a/${file} b/${file}\n--- a/${file}\n+++ b/${file}\n@@ -1 +1 @@\n-a\n+b\n`;
const own = 'projects/golang/go/1.18';
const yaml = (version: string) => ({ 'builder-base/versions.yaml': `GOLANG_VERSION_118: ${version}\n` });
const script = (text: string) => ({ 'builder-base/scripts/install_golang.sh': text });

/** Numbers of days. 0: released as 1. 1: a patch is merged. 2: released as 2. 3: the image takes 2. 5: 2 again, with one more. */
const history: readonly FakeCommit[] = [
  {
    files: {
      ...yaml('1.18.10-1'),
      [`${own}/GIT_TAG`]: 'go1.18.10\n',
      [`${own}/RELEASE`]: '1\n',
      [`${own}/patches/0001-a.patch`]: patch('src/cmd/go/a.go'),
    },
  },
  { files: { [`${own}/patches/0002-b.patch`]: patch('src/time/b.go') } },
  { files: { [`${own}/RELEASE`]: '2\n' } },
  { files: yaml('1.18.10-2') },
  { files: { [`${own}/patches/0003-c.patch`]: patch('src/os/c.go') } },
  { files: { [`${own}/RELEASE`]: '2\n\n' } },
];

const on = (number: number) => firstDay + number * day;
const nameOn = async (number: number, version = '1.18.10', commits = history) =>
  attributeGo(version, on(number), await read(commits)).build?.name;

test('the RPM is the one that the image names on that day, as it was last released before', async () => {
  assert.is(await nameOn(0), `1.18.10-1@${commitId(0).slice(0, 8)}`);
  assert.is(await nameOn(2.9), `1.18.10-1@${commitId(0).slice(0, 8)}`, 'released, and not yet in the image');
  assert.is(await nameOn(3), `1.18.10-2@${commitId(2).slice(0, 8)}`);
  assert.is(await nameOn(9), `1.18.10-2@${commitId(5).slice(0, 8)}`);
});

test('what another rule says of the number is told with where it stands', async () => {
  const { flavour, origin, others } = attributeGo('1.18.10', on(2.5), await read(history));
  assert.is(flavour, 'eks-go');
  assert.is(origin, `org/tooling builder-base/versions.yaml:1@${commitId(0)}`);
  const where = `org/tooling projects/golang/go/1.18/RELEASE:1@${commitId(2)}`;
  assert.equal(others, [{ version: '1.18.10-2', read: where }]);
});

test('patches are pinned with what they change and fix', async () => {
  const { build } = attributeGo('1.18.10', on(3), await read(history));
  assert.equal(
    build?.patches.map(({ path, changes, fixes }) => [path, changes, fixes]),
    [
      [`${own}/patches/0001-a.patch`, undefined, ['CVE-2023-0001']],
      [`${own}/patches/0002-b.patch`, ['time'], ['CVE-2023-0001']],
    ],
  );
});

test('a patch whose content is missing is unavailable, and nothing else suffers', async () => {
  const { eksGo } = await read(history, [patch('src/time/b.go')]);
  const state = eksGo?.named(`1.18.10-2@${commitId(2).slice(0, 8)}`);
  assert.equal(
    state?.patches.map(({ sha256 }) => sha256 === 'unavailable'),
    [false, true],
  );
});

const spec = (prep: string) => ({
  [`${own}/rpmbuild/SPECS/golang.spec`]: `Patch1: 0001-a.patch\nPatch2: 0002-b.patch\nPatch3: 0003-c.patch\n%prep\n${prep}`,
});
const patchesOf = (state: EksGoState | undefined) =>
  state?.patches.map(({ path }) => path.slice(`${own}/patches/`.length));

test('what lies among the patches and the spec of the RPM does not apply is not in it', async () => {
  const commits = [...history, { files: spec('%patch3 -p1\n#%%patch2 -p1\n%patch1 -p1\n') }];
  const { eksGo } = await read(commits);
  const states = eksGo?.of('1.18') ?? [];
  assert.equal(
    states.map(({ commit }) => commits.findIndex((_, at) => commitId(at) === commit)),
    [0, 1, 2, 4, 5, 6],
  );
  assert.equal(patchesOf(states.at(-2)), ['0001-a.patch', '0002-b.patch', '0003-c.patch']);
  assert.equal(patchesOf(states.at(-1)), ['0003-c.patch', '0001-a.patch']);
});

test('a spec that applies what is in the folder anyway makes no other Go, nor does one that names what is not there', async () => {
  const { eksGo } = await read([
    ...history,
    { files: spec('%autosetup -p1\n') },
    { files: spec('Patch4: d.patch\n%autopatch') },
  ]);
  assert.is(eksGo?.of('1.18').length, 5);
});

test('where the image names another version, the release file of the folder decides', async () => {
  const bumped = [...history, { files: { [`${own}/GIT_TAG`]: 'go1.18.11\n', [`${own}/RELEASE`]: '3\n' } }];
  assert.is(await nameOn(9, '1.18.11', bumped), `1.18.11-3@${commitId(6).slice(0, 8)}`);
  assert.is(await nameOn(1, '1.18.11', bumped), `1.18.11-3@${commitId(6).slice(0, 8)}`, 'the first after it');
});

test('a version that EKS Distro never made is the official one', async () => {
  const { flavour, origin, build } = attributeGo('1.18.4', on(3), await read(history));
  assert.equal([flavour, build], ['official', undefined]);
  assert.match(origin, /but EKS Distro made no Go 1\.18\.4 of its own$/);
});

test('from the Go release on that the script names, it is the official one again', async () => {
  const later = [
    ...history,
    { files: script(`set -e\nif [[ \${VERSION:2:2} -ge "18" ]]; then\n  build::go::install\nfi\n`) },
  ];
  const histories = await read(later);
  assert.is(attributeGo('1.18.10', on(5), histories).flavour, 'eks-go');
  const now = attributeGo('1.18.10', on(6), histories);
  assert.equal(
    [now.flavour, now.origin],
    ['official', `org/tooling builder-base/scripts/install_golang.sh:2@${commitId(6)}`],
  );
});

const installing = (built: string, provided: string) => ({
  'builder-base/install.sh': [
    `local yum_provided_versions="${provided}"`,
    `local eks_built_versions="${built}"`,
    '    yum_provided_versions="1.17"',
    `build::go::install "\${GOLANG116_VERSION:-1.16.15}"`,
    `build::go::install "\${GOLANG117_VERSION:-1.17.13}"`,
    '',
  ].join('\n'),
});

test('before that, install.sh says what comes from where', async () => {
  const files = {
    'projects/golang/go/1.16/GIT_TAG': 'go1.16.15\n',
    'projects/golang/go/1.16/patches/0001-a.patch': patch('src/os/a.go'),
  };
  const histories = await read([
    { files: { ...files, ...installing('', '1.16 1.13') } },
    { files: installing('1.16.15 1.15.15', '1.13') },
    { files: { 'projects/golang/go/1.16/patches/0002-b.patch': patch('src/os/b.go') } },
  ]);
  const flavourOn = (number: number, version: string) => attributeGo(version, on(number), histories).flavour;
  assert.is(flavourOn(0, '1.16.15'), 'al2-rpm');
  assert.is(flavourOn(0, '1.17.13'), 'official', "another image's list does not count");
  assert.is(flavourOn(1, '1.16.15'), 'eks-go');
  const latest = attributeGo('1.16.15', on(2), histories);
  assert.is(latest.build?.name, `1.16.15@${commitId(2).slice(0, 8)}`, 'released or not');
});

test("of Amazon Linux's Go the patch is known that EKS Distro's first own one took from it", async () => {
  const name = '0101-Don-t-use-the-bundled-tzdata-at-runtime-except-for-t.patch';
  const { eksGo } = await read([
    { files: { ...installing('', '1.16 1.13'), 'projects/golang/go/1.15/GIT_TAG': 'go1.15.15\n' } },
    { files: { [`projects/golang/go/1.15/patches/${name}`]: patch('src/time/zoneinfo_unix.go') } },
    { files: { 'projects/golang/go/1.15/RELEASE': '1\n' } },
  ]);
  const histories = await read([{ files: installing('', '1.16 1.13') }]);
  assert.is(attributeGo('1.16.15', on(0), histories).build, undefined);
  if (eksGo === undefined) throw new Error('nothing was read');
  const { flavour, build } = attributeGo('1.16.15', on(0), { ...histories, eksGo });
  assert.equal([flavour, build?.version, build?.commit], ['al2-rpm', '1.16.15', commitId(1)]);
  assert.equal(
    build?.patches.map(({ path, changes }) => [path.split('/').at(-1), changes]),
    [[name, ['time']]],
  );
  assert.equal(amazonLinuxGoNamed(build?.name ?? '', eksGo), build);
  assert.is(amazonLinuxGoNamed('1.18.10-1@01234567', eksGo), undefined);
});

test('without any of it, the day decides', () => {
  const nothing = { builder: undefined, eksGo: undefined };
  const flavourOn = (version: string, date: string) =>
    attributeGo(version, Date.parse(date) / 1000, nothing).flavour;
  assert.is(flavourOn('1.16.15', '2022-07-17T00:00:00Z'), 'official');
  assert.is(flavourOn('1.16.15', '2022-07-18T00:00:00Z'), 'al2-rpm');
  assert.is(flavourOn('1.15.15', '2022-08-01T00:00:00Z'), 'official');
  assert.is(flavourOn('1.16.15', '2022-10-12T00:00:00Z'), 'eks-go');
  assert.is(flavourOn('1.18.10', '2023-01-01T00:00:00Z'), 'eks-go');
  assert.is(flavourOn('1.22.4', '2024-07-02T23:00:00Z'), 'eks-go');
  assert.is(flavourOn('1.22.5', '2024-07-03T00:00:00Z'), 'official');
  assert.is(flavourOn('1.23.0', '2024-08-03T00:00:00Z'), 'official');
});

test.run();
