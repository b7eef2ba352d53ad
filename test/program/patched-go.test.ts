import { join } from 'node:path';
import * as assert from 'uvu/assert';
import { onGo } from '../rig/fake-go.ts';
import { reportOf, verdictsOf } from '../rig/report.ts';
import { createRepository, type TestCommit } from '../rig/repository.ts';
import { suite } from '../rig/suite.ts';
import { newWorld, type World } from '../rig/world.ts';
import { patchOf, release } from '../rig/world-content.ts';

const test = suite('a Go with patches');

const own = 'projects/golang/go/1.20';
const tooling = (patches: Readonly<Record<string, string>>): TestCommit => ({
  date: '2024-04-01T00:00:00Z',
  files: {
    'builder-base/versions.yaml': 'GOLANG_VERSION_120: 1.20.5-6\n',
    [`${own}/GIT_TAG`]: 'go1.20.5\n',
    [`${own}/RELEASE`]: '6\n',
    ...Object.fromEntries(Object.entries(patches).map(([name, text]) => [`${own}/patches/${name}`, text])),
  },
});

/** A world whose Go has a source file, and whose build tooling has these patches for it; the release is imported anew. */
async function worldWith(patches: Readonly<Record<string, string>>): Promise<World> {
  const world = await newWorld();
  await createRepository(join(world.folder, 'git', 'build-tooling.git'), { commits: [tooling(patches)] });
  onGo(
    world.folder,
    'toolchain',
    'src="$GOMODCACHE/golang.org/toolchain@$name/src/time"; mkdir -p "$src"; echo one > "$src/zone.go"',
  );
  const imported = await world.run(['import', release]);
  assert.is(imported.code, 0, imported.stderr);
  return world;
}

const compiledIn = patchOf('src/time/zone.go', 'one', 'two').replace(
  '\n---\n',
  '\nFixes CVE-2023-1234\n---\n',
);

test('is made of the official one, and the report says whose it is and what it fixes', async () => {
  const world = await worldWith({ '0001-zone.patch': compiledIn });
  const ran = await world.run(['verify', release, '--project', 'tool']);
  assert.is(ran.code, 0, ran.stderr);
  const report = reportOf(world, release);
  const [toolchain, patched, ...others] = report.nodes.filter(({ kind }) => kind === 'toolchain');
  assert.equal([toolchain?.id, toolchain?.status, others.length], ['toolchain go1.20.5', 'ran', 0]);
  assert.is(patched?.needs[0]?.node, toolchain?.id);
  const users = report.nodes.filter(({ needs }) => needs.some(({ node }) => node === patched?.id));
  assert.equal(
    users.map(({ kind }) => kind),
    ['modules', 'go-build', 'go-build'],
  );
  const go = report.projects[0]?.go;
  assert.equal([go?.flavour, go?.build?.release, go?.build?.version], ['eks-go', 6, '1.20.5']);
  assert.equal(
    go?.build?.patches.map(({ changes, fixes }) => [changes, fixes]),
    [[['time'], ['CVE-2023-1234']]],
  );
  assert.match(ran.stdout, /1\.20\.5-6 eks-go/);
  assert.match(ran.stdout, /EKS Go 1\.20\.5-6 \(commit [0-9a-f]{12}\) has 1 patch .*CVE-2023-1234/s);
});

test('whose patches change nothing of a program is the official one', async () => {
  const world = await worldWith({ '0001-cmd.patch': patchOf('src/cmd/go/main.go', 'a', 'b') });
  const ran = await world.run(['verify', release, '--project', 'tool']);
  assert.is(ran.code, 0, ran.stderr);
  const toolchains = reportOf(world, release).nodes.filter(({ kind }) => kind === 'toolchain');
  assert.equal(
    toolchains.map(({ id }) => id),
    ['toolchain go1.20.5'],
  );
  assert.match(ran.stdout, /1\.20\.5-6 eks-go/);
});

test('whose patch does not apply fails by name, and with it what it was to compile', async () => {
  const world = await worldWith({ '0007-other.patch': patchOf('src/time/zone.go', 'three', 'four') });
  const ran = await world.run(['verify', release, '--project', 'tool']);
  assert.is(ran.code, 3);
  assert.match(
    ran.stdout,
    `Patch ${own}/patches/0007-other.patch does not apply at src/time/zone.go, hunk 1`,
  );
  assert.equal(verdictsOf(reportOf(world, release)).toSorted(), [
    'org/tool linux/amd64 tool: build-failed',
    'org/tool linux/arm64 tool: build-failed',
  ]);
});

test.run();
