import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as assert from 'uvu/assert';
import { closeFakes } from '../oci/registry/fake-registry.ts';
import type { ImageWorld } from '../rig/image-world.ts';
import { at, made, manifestIn, siteWorld } from '../rig/site-world.ts';
import { suite } from '../rig/suite.ts';
import { publish } from '../rig/world.ts';

const test = suite<{ world: ImageWorld }>('release-expected');

test.before(async (context, defer) => {
  defer(closeFakes);
  context.world = await siteWorld();
});

const withSums = (name: string) => [name, `${name}.sha256`, `${name}.sha512`];
const lists = ['SHA256SUM', 'SHA512SUM'].flatMap(withSums);
const archives = ['amd64', 'arm64'].map((arch) => `tool-linux-${arch}-$GIT_TAG.tar.gz`);

/** Publishes a release with a list of the archives of `org/tool`, and lays it out. */
async function layListed(world: ImageWorld, number: number, names: readonly string[]) {
  const release = `v1-30-eks-${number}`;
  const list = [...names].sort().map((name) => `${name}\n`);
  await publish(world, number, { 'projects/org/tool/expected_artifacts': list.join('') });
  const imported = await world.run(['import', release]);
  assert.is(imported.code, 0, imported.stderr);
  return world.run(['release', release, '--output', `site-${number}`, ...made, ...at]);
}

test("what upstream's list names is there, and nothing else", async ({ world }) => {
  const ran = await layListed(world, 6, [...lists, ...archives.flatMap(withSums)]);
  assert.is(ran.code, 0, ran.stderr);
  assert.ok(existsSync(join(world.root, 'site-6')));
});

test('a file too few and files too many are named, and nothing is laid out: 2', async ({ world }) => {
  const [amd64 = ''] = archives;
  const ran = await layListed(world, 7, [...lists, ...withSums(amd64), 'ATTRIBUTION.txt']);
  assert.is(ran.code, 2);
  assert.match(
    ran.stderr,
    `Nothing is laid out: the files are not those that upstream published of v1-30-eks-7.
  tool/v1.0.0/ATTRIBUTION.txt is missing, which projects/org/tool/expected_artifacts names
  tool/v1.0.0/tool-linux-arm64-v1.0.0.tar.gz is there, which no list of the release names
  tool/v1.0.0/tool-linux-arm64-v1.0.0.tar.gz.sha256 is there, which no list of the release names
  tool/v1.0.0/tool-linux-arm64-v1.0.0.tar.gz.sha512 is there, which no list of the release names
`,
  );
  assert.not.ok(existsSync(join(world.root, 'site-7')));
  assert.not.ok(existsSync(join(world.root, 'out', 'v1-30-eks-7')), 'it is told before anything is built');
});

test('without images their files may be missing, and the sums of a folder that has no others', async ({
  world,
}) => {
  const recipe = join(world.root, 'projects', 'org', 'kit', 'project.yaml');
  const text = readFileSync(recipe, 'utf8');
  writeFileSync(recipe, text.slice(0, text.indexOf('archives:')));
  const images = ['amd64', 'arm64'].flatMap((arch) => {
    const file = `bin/linux/${arch}/tool`;
    return [...withSums(`${file}.tar`), `${file}.docker_tag`, `${file}.docker_image_name`];
  });
  const list = [...images, ...lists].sort();
  const names = list.map((name) => `${name}\n`).join('');
  const others = [...lists, ...archives.flatMap(withSums)].sort().map((name) => `${name}\n`);
  await publish(world, 8, {
    'projects/org/kit/expected_artifacts': names,
    'projects/org/tool/expected_artifacts': others.join(''),
  });
  const imported = await world.run(['import', 'v1-30-eks-8']);
  assert.is(imported.code, 0, imported.stderr);
  const ran = await world.run(['release', 'v1-30-eks-8', '--output', 'bare', '--no-images', ...made, ...at]);
  writeFileSync(recipe, text);
  assert.is(ran.code, 0, ran.stderr);
  assert.match(
    ran.stderr,
    'Left out, as of images or with such in them: 16 files; the manifest names them.\n',
  );
  const { annotations } = manifestIn(join(world.root, 'bare'), 'kubernetes-1-30/kubernetes-1-30-eks-8.yaml');
  assert.equal(
    JSON.parse(annotations['eksd-rebuild/left-out-files'] ?? ''),
    list.map((name) => `kit/v2.0.0/${name}`),
  );
});

test.run();
