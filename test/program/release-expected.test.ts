import { existsSync } from 'node:fs';
import { join } from 'node:path';
import * as assert from 'uvu/assert';
import { closeFakes } from '../oci/registry/fake-registry.ts';
import type { ImageWorld } from '../rig/image-world.ts';
import { at, made, siteWorld } from '../rig/site-world.ts';
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
});

test.run();
