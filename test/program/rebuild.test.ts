import { cpSync, existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as assert from 'uvu/assert';
import { readLock, renderLock, unsealLock } from '../../orchestrator/config/lock/lock-file.ts';
import { digestOf } from '../../orchestrator/core/digest.ts';
import { closeFakes } from '../oci/registry/fake-registry.ts';
import { onGo } from '../rig/fake-go.ts';
import { changeTool, type ImageWorld, imageWorld } from '../rig/image-world.ts';
import { suite } from '../rig/suite.ts';
import { newWorld, type World, writeFiles } from '../rig/world.ts';
import { patchOf, release } from '../rig/world-content.ts';

/** `maker` states; others build again what it says. */
const test = suite<{ maker: ImageWorld; statements: string }>('rebuild --from');

test.before(async (context, defer) => {
  defer(closeFakes);
  context.maker = await imageWorld();
  const ran = await context.maker.run(['attest', release]);
  assert.is(ran.code, 0, ran.stderr);
  context.statements = join(context.maker.root, 'out', release, 'statements');
});

/** The file of a statement of provenance, by what it is about. */
function provenanceOf(folder: string, name: string): string {
  const { statements } = JSON.parse(readFileSync(join(folder, 'index.json'), 'utf8'));
  const found = statements.find((each: { subject: { name: string }; predicateType: string }) => {
    return each.subject.name === name && each.predicateType.includes('provenance');
  });
  return join(folder, found.path);
}

const tool = 'org/tool/linux/amd64/tool';

/** A world with the recipes of `maker`, in which nothing was built. */
async function another({ root }: ImageWorld): Promise<World> {
  const world = await newWorld();
  cpSync(join(root, 'projects'), join(world.root, 'projects'), { recursive: true });
  return world;
}

/** A statement with something changed, in a file of its own. */
function changed(world: World, from: string, change: (json: ReturnType<typeof JSON.parse>) => void): string {
  const json = JSON.parse(readFileSync(from, 'utf8'));
  change(json);
  const file = join(world.folder, 'changed.json');
  writeFileSync(file, JSON.stringify(json));
  return file;
}

/** What is said after the run's own summary, without what is told of the report. */
function closing(text: string): string {
  return text.slice(text.lastIndexOf('\n\n') + 2);
}

test('a file, on a machine with neither its lock nor anything in its cache', async ({
  maker,
  statements,
}) => {
  const world = await another(maker);
  rmSync(join(world.root, 'releases'), { recursive: true });
  rmSync(world.cache, { recursive: true });
  const file = provenanceOf(statements, tool);
  const ran = await world.run(['rebuild', '--from', file, '--output', 'made']);
  assert.is(ran.code, 0, ran.stdout + ran.stderr);
  const { digest } = JSON.parse(readFileSync(file, 'utf8')).subject[0];
  const said = `✔ identical: ${tool}\n  sha256:${digest.sha256}, as the statement says\n`;
  assert.is(closing(ran.stdout), said);
  const made = readFileSync(join(world.root, 'made/_output/1-30/bin/tool/linux-amd64/tool'));
  assert.is(digestOf(made), digest.sha256);
  assert.not.match(ran.stderr, 'is not as the statement says');
});

test('an image, and what it stands on, where nothing was built before', async ({ statements }) => {
  const world = await imageWorld();
  const cold = join(world.folder, 'cold');
  for (const name of ['org/tool', 'org/saw']) {
    const words = ['rebuild', '--from', provenanceOf(statements, name), '--cache', cold];
    const ran = await world.run([...words, '--output', `${name.replace('/', '-')}.tar`]);
    assert.is(ran.code, 0, ran.stdout + ran.stderr);
    assert.match(ran.stdout, `✔ identical: ${name}\n`);
    assert.not.match(ran.stdout, 'is not all as the statement says');
    assert.ok(existsSync(join(world.root, `${name.replace('/', '-')}.tar`)));
  }
});

test("an image of a release of one's own, by its name", async ({ maker }) => {
  const words = ['--channel', '1-30-acme', '--number', '7', '--image', 'org/hammer', '--output', 'acme'];
  const ran = await maker.run(['attest', release, ...words]);
  assert.is(ran.code, 0, ran.stderr);
  const file = provenanceOf(join(maker.root, 'acme'), 'org/hammer');
  const again = await maker.run(['rebuild', '--from', file, '--output', 'acme.tar']);
  assert.is(again.code, 0, again.stderr);
  assert.match(again.stdout, 'org/hammer:v2.0.0-eks-1-30-acme-7');
  assert.not.match(again.stdout, 'is not all as the statement says');
});

test('a bundle with a statement is as good: what comes out shows whether it is true', async ({
  maker,
  statements,
}) => {
  const payload = readFileSync(provenanceOf(statements, tool)).toString('base64');
  const envelope = { payload, payloadType: 'application/vnd.in-toto+json', signatures: [] };
  const file = join(maker.folder, 'bundle.json');
  writeFileSync(file, JSON.stringify({ mediaType: 'x', dsseEnvelope: envelope }));
  const ran = await maker.run(['rebuild', '--from', file]);
  assert.is(ran.code, 0, ran.stderr);
  writeFileSync(file, JSON.stringify({ dsseEnvelope: { ...envelope, payloadType: 'text/plain' } }));
  assert.is((await maker.run(['rebuild', '--from', file])).code, 2);
});

test('the list of statements is told to be that', async ({ maker, statements }) => {
  const ran = await maker.run(['rebuild', '--from', join(statements, 'index.json')]);
  assert.equal([ran.code, ran.stdout], [2, '']);
  assert.match(ran.stderr, /index\.json lists the statements of \S+, and is none\.\nName the file of one: /);
});

test('other bytes than the statement says: different, and which', async ({ maker, statements }) => {
  const other = '0'.repeat(64);
  const file = changed(maker, provenanceOf(statements, tool), (json) => {
    json.subject[0].digest.sha256 = other;
  });
  const ran = await maker.run(['rebuild', '--from', file]);
  assert.is(ran.code, 1, ran.stderr);
  assert.match(closing(ran.stdout), `✖ different: ${tool}\n  the statement says  sha256:${other}\n`);
});

test('what was used and is not as the statement says is told, member by member', async ({
  maker,
  statements,
}) => {
  const file = changed(maker, provenanceOf(statements, tool), (json) => {
    const { internalParameters, resolvedDependencies } = json.predicate.buildDefinition;
    internalParameters.tasks['go-build org/tool linux/amd64'].flags.push('-race');
    resolvedDependencies.push({ uri: 'urn:x:more', digest: { sha256: 'a'.repeat(64) } });
  });
  const ran = await maker.run(['rebuild', '--from', file]);
  assert.is(ran.code, 0, ran.stderr);
  assert.match(ran.stdout, 'What it was built from is not all as the statement says:\n');
  assert.match(ran.stdout, 'go-build org/tool linux/amd64.flags.2: the statement has -race, here none\n');
  assert.match(ran.stdout, 'resolvedDependencies.urn:x:more: the statement has {"digest"');
});

test('by another recipe nothing is built, and whose would be needed is told', async ({ statements }) => {
  const world = await imageWorld();
  const file = provenanceOf(statements, tool);
  const stated = digestOf(readFileSync(join(world.root, 'projects/org/tool/project.yaml')));
  changeTool(world);
  const here = digestOf(readFileSync(join(world.root, 'projects/org/tool/project.yaml')));
  const ran = await world.run(['rebuild', '--from', file]);
  assert.is(ran.code, 2);
  assert.is(
    ran.stderr,
    `It was built by other recipes than this machine has:
  urn:eksd-rebuild:recipe:org/tool#project.yaml: the statement has ${stated}, here ${here}
Use the program that made the statement, eksd-rebuild 0.0.0, or put its recipes into the root.
`,
  );
  const image = await world.run(['rebuild', '--from', provenanceOf(statements, 'org/hammer')]);
  assert.is(image.code, 0, image.stderr);
  writeFiles(world.root, { 'projects/org/kit/Dockerfile': 'FROM scratch\nCOPY hammer /other\n' });
  const other = await world.run(['rebuild', '--from', provenanceOf(statements, 'org/hammer')]);
  assert.is(other.code, 2);
  assert.match(other.stderr, 'urn:eksd-rebuild:dockerfile:org/hammer: the statement has ');
});

test('another version and another lock are told, and it is built as the statement says', async ({
  maker,
  statements,
}) => {
  const world = await another(maker);
  writeFileSync(
    join(world.folder, 'package/package.json'),
    '{ "name": "eksd-rebuild", "version": "0.0.1" }\n',
  );
  const path = join(world.root, 'releases', `${release}.lock.yaml`);
  const lock = readLock(path, readFileSync(path, 'utf8'));
  if (!lock.ok) throw new Error('the lock cannot be read');
  const pins = unsealLock(lock.value);
  const [patch] = pins.projects['org/tool']?.patches.splice(0, 1) ?? [];
  writeFileSync(path, renderLock(pins));
  const ran = await world.run(['rebuild', '--from', provenanceOf(statements, tool)]);
  assert.is(ran.code, 0, ran.stdout + ran.stderr);
  assert.match(ran.stderr, 'This machine is not as the statement says:\n');
  assert.match(ran.stderr, '  eksd-rebuild: the statement has 0.0.0, here 0.0.1\n');
  assert.match(ran.stderr, `  the lock of ${release}: the statement has ${lock.value.digest}, here `);
  assert.match(ran.stderr, '  projects.org/tool.patches.0: the statement has {');
  assert.ok(patch !== undefined);
  assert.match(closing(ran.stdout), '✔ identical');
});

test("a patch of the maker's own is needed, and no other is applied", async ({ maker }) => {
  const own = { 'patches/org/tool/0001-three.patch': patchOf('cmd/tool/main.go', '// two', '// three') };
  writeFiles(maker.root, own);
  const ran = await maker.run(['attest', release, '--no-images', '--project', 'org/tool', '--output', 'own']);
  rmSync(join(maker.root, 'patches'), { recursive: true });
  assert.is(ran.code, 0, ran.stderr);
  const file = provenanceOf(join(maker.root, 'own'), tool);
  const world = await another(maker);
  const without = await world.run(['rebuild', '--from', file]);
  assert.is(without.code, 2);
  assert.match(
    without.stderr,
    'It was built with patches/org/tool/0001-three.patch, a patch of whoever built it',
  );
  writeFiles(world.root, { 'patches/org/tool/0001-three.patch': 'another' });
  assert.match(
    (await world.run(['rebuild', '--from', file])).stderr,
    `and here it has ${digestOf('another')}.`,
  );
  writeFiles(world.root, { ...own, 'patches/org/tool/0002-four.patch': 'no patch' });
  const again = await world.run(['rebuild', '--from', file]);
  assert.is(again.code, 0, again.stdout + again.stderr);
});

test('where it cannot be built, its exit code is that of the reason', async ({ maker, statements }) => {
  const file = provenanceOf(statements, tool);
  const broken = await another(maker);
  onGo(broken.folder, 'build', 'echo no such thing >&2; exit 1');
  assert.is((await broken.run(['rebuild', '--from', file])).code, 3);
  const gone = await another(maker);
  rmSync(join(gone.folder, 'git/org/tool.git'), { recursive: true });
  const ran = await gone.run(['rebuild', '--from', file]);
  assert.is(ran.code, 5, ran.stderr);
  assert.match(ran.stderr, `Nothing was built that ${tool} could be compared with.\n`);
});

test('what is no provenance of ours is refused at its place', async ({ maker, statements }) => {
  const file = provenanceOf(statements, tool);
  const equivalence = file.replace('provenance', 'equivalence');
  const cases: readonly (readonly [file: string, complaint: string])[] = [
    [join(maker.folder, 'none.json'), 'There is no file ../none.json.'],
    [
      equivalence,
      'the statement is of type urn:eksd-rebuild:equivalence:1, and not https://slsa.dev/provenance/v1',
    ],
    [changed(maker, file, (json) => (json.more = 1)), 'changed.json:1:'],
  ];
  for (const [from, complaint] of cases) {
    const ran = await maker.run(['rebuild', '--from', from]);
    assert.is(ran.code, 2);
    assert.match(ran.stderr, complaint);
  }
});

test.run();
