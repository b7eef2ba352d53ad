import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  unlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as assert from 'uvu/assert';
import { configOf } from '../../../orchestrator/oci/image/image-file.ts';
import { blobFile, type ImageTree, readImageTree } from '../../../orchestrator/oci/image/image-tree.ts';
import { joinPlatforms } from '../../../orchestrator/oci/image/join-platforms.ts';
import { type ImageContent, writeImageLayout } from '../../rig/image-layout.ts';
import { suite } from '../../rig/suite.ts';

const test = suite<{ folder: string }>('image tree');

test.before.each((context) => {
  context.folder = mkdtempSync(join(tmpdir(), 'image-tree-'));
});

test.after.each(({ folder }) => rmSync(folder, { recursive: true }));

const arm64: ImageContent = {
  architecture: 'arm64',
  layers: [[{ path: 'shared', content: 's' }], [{ path: 'arm64', content: 'b' }]],
  others: { variant: 'v8' },
  annotations: { 'org.opencontainers.image.created': '2024-05-28T00:00:00Z' },
};
const amd64: ImageContent = {
  layers: [[{ path: 'shared', content: 's' }], [{ path: 'amd64', content: 'a' }]],
  config: { User: '65532' },
};

async function tree(folder: string, ...images: readonly ImageContent[]): Promise<ImageTree> {
  writeImageLayout(folder, ...images);
  const read = await readImageTree(folder);
  assert.ok(read.ok, JSON.stringify(read));
  return read.value;
}

function allFiles(folder: string): Readonly<Record<string, string>> {
  const paths = readdirSync(folder, { recursive: true, encoding: 'utf8' }).sort();
  const files = paths.filter((path) => statSync(join(folder, path)).isFile());
  return Object.fromEntries(files.map((path) => [path, readFileSync(join(folder, path), 'base64')]));
}

test('what a push needs: blobs once, manifests before the index that names them', async ({ folder }) => {
  const { descriptor, images, blobs, documents } = await tree(folder, amd64, arm64);
  assert.equal(
    images.map((each) => each.platform),
    ['linux/amd64', 'linux/arm64'],
  );
  // Two configs, the layer that both have, and one of each.
  assert.is(blobs.length, 5);
  assert.is(documents.length, 3);
  assert.is(documents[2], descriptor);
  const written = readdirSync(join(folder, 'blobs/sha256')).length;
  assert.is(new Set([...blobs, ...documents].map((each) => each.digest)).size, written);
});

test('joined trees give the same bytes in whatever order and place, and nothing of their annotations', async ({
  folder,
}) => {
  const [a, b] = [await tree(join(folder, 'a'), amd64), await tree(join(folder, 'b'), arm64)];
  for (const [output, trees] of [
    ['one', [a, b]],
    ['two', [b, a]],
  ] as const) {
    mkdirSync(join(folder, output));
    assert.ok((await joinPlatforms(trees, join(folder, output))).ok);
  }
  assert.equal(allFiles(join(folder, 'one')), allFiles(join(folder, 'two')));
  const joined = await readImageTree(join(folder, 'one'));
  assert.ok(joined.ok);
  const index = readFileSync(blobFile(joined.value, joined.value.descriptor), 'utf8');
  assert.not.match(index, 'annotations');
  assert.equal(
    (JSON.parse(index) as { manifests: { platform: object }[] }).manifests.map((each) => each.platform),
    [
      { architecture: 'amd64', os: 'linux' },
      { architecture: 'arm64', os: 'linux', variant: 'v8' },
    ],
  );
  assert.equal(
    joined.value.images.map((each) => each.descriptor.digest),
    [a.descriptor.digest, b.descriptor.digest],
  );
  const config = configOf(joined.value, 'linux/amd64');
  assert.is(config.ok && config.value.config?.User, '65532');
});

test('two images for one platform are not joined', async ({ folder }) => {
  const a = await tree(join(folder, 'a'), amd64);
  const joined = await joinPlatforms([a, a], join(folder, 'out'));
  assert.match(JSON.stringify(joined), 'two are for linux/amd64');
});

test('trees with something missing, cut short, or named twice', async ({ folder }) => {
  const whole = await tree(folder, amd64, arm64);
  const [layer] = whole.images[1]?.manifest.layers ?? [];
  assert.ok(layer !== undefined);
  const path = blobFile(whole, layer);
  const why = async () => JSON.stringify(await readImageTree(folder, 'my image'));
  writeFileSync(path, 'short');
  assert.match(await why(), 'has 5 bytes, and should have');
  unlinkSync(path);
  assert.match(await why(), /Cannot read the image my image.*is missing/);
  writeFileSync(blobFile(whole, whole.descriptor), '{}');
  assert.match(await why(), '"reason":"digest-mismatch"');
  writeFileSync(join(folder, 'index.json'), '{"manifests":[{},{}]}');
  assert.match(await why(), 'names 2 images, not one');
  writeFileSync(
    join(folder, 'index.json'),
    '{"manifests":[{"mediaType":"application/vnd.oci.image.manifest.v1+json","digest":"sha256:../../x"}]}',
  );
  assert.match(await why(), 'is no SHA-256 digest');
});

test.run();
