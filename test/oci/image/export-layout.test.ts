import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as assert from 'uvu/assert';
import { digestOf } from '../../../orchestrator/core/digest.ts';
import type { ImageIndex } from '../../../orchestrator/core/oci.ts';
import { exportLayout, type NamedImage } from '../../../orchestrator/oci/image/export-layout.ts';
import { type ImageTree, readImageTree } from '../../../orchestrator/oci/image/image-tree.ts';
import { listImages } from '../../../orchestrator/oci/image/open-image.ts';
import { openImageSource } from '../../../orchestrator/oci/image/open-source.ts';
import { type ImageContent, writeImageLayout } from '../../rig/image-layout.ts';
import { suite } from '../../rig/suite.ts';
import { unwrap } from '../registry/rig.ts';

const test = suite<{ folder: string }>('several images in one layout');
test.before.each((context) => {
  context.folder = mkdtempSync(join(tmpdir(), 'export-'));
});
test.after.each(({ folder }) => rmSync(folder, { recursive: true }));

const base = [{ path: 'etc/base', content: 'base'.repeat(100) }];

async function tree(folder: string, content: string): Promise<ImageTree> {
  const image: ImageContent = { layers: [base, [{ path: 'program', content }]] };
  writeImageLayout(join(folder, content), image, { ...image, architecture: 'arm64' });
  return unwrap(await readImageTree(join(folder, content)));
}

async function exported(folder: string, name: string, images: readonly NamedImage[]): Promise<string> {
  const output = join(folder, name);
  mkdirSync(output);
  await exportLayout(images, output);
  return output;
}

function filesOf(folder: string): Readonly<Record<string, string>> {
  const entries = readdirSync(folder, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  return Object.fromEntries(
    files.map((file) => [file.slice(folder.length + 1), digestOf(readFileSync(file))]),
  );
}

test('all blobs under their digests, once, and the names of the images', async ({ folder }) => {
  const [one, two] = [await tree(folder, 'one'), await tree(folder, 'two')];
  const output = await exported(folder, 'out', [
    { name: 'org/two:v1', tree: two },
    { name: 'org/one:v1', tree: one },
    { name: 'org/again:v1', tree: one },
  ]);
  const files = filesOf(output);
  const wanted = [one, two].flatMap(({ documents, blobs }) => [...documents, ...blobs]);
  assert.equal(
    Object.keys(files).sort(),
    [
      ...new Set(wanted.map(({ digest }) => `blobs/sha256/${digest.slice('sha256:'.length)}`)),
      ...['index.json', 'oci-layout'],
    ].sort(),
  );
  for (const [path, sum] of Object.entries(files)) {
    if (path.startsWith('blobs/')) assert.is(path, `blobs/sha256/${sum}`);
  }
  const index = JSON.parse(readFileSync(join(output, 'index.json'), 'utf8')) as ImageIndex;
  assert.equal(
    index.manifests.map(({ digest, size, mediaType, annotations }) => [
      annotations?.['org.opencontainers.image.ref.name'],
      ...[digest, size, mediaType],
    ]),
    (
      [
        ['org/again:v1', one],
        ['org/one:v1', one],
        ['org/two:v1', two],
      ] as const
    ).map(([name, { descriptor }]) => [name, descriptor.digest, descriptor.size, descriptor.mediaType]),
  );
  assert.is(readFileSync(join(output, 'oci-layout'), 'utf8'), '{"imageLayoutVersion":"1.0.0"}');
});

test('whoever reads layouts finds every image in it', async ({ folder }) => {
  const output = await exported(folder, 'out', [
    { name: 'org/one:v1', tree: await tree(folder, 'one') },
    { name: 'org/two:v1', tree: await tree(folder, 'two') },
  ]);
  const signal = new AbortController().signal;
  const layout = unwrap(await openImageSource(output, { name: 'out', scratch: folder, signal }));
  const images = unwrap(await listImages(layout));
  assert.equal(
    images.map(({ platform }) => platform),
    ['linux/amd64', 'linux/arm64', 'linux/amd64', 'linux/arm64'],
  );
});

test('the same images, in whatever order: the same bytes', async ({ folder }) => {
  const images = [
    { name: 'org/one:v1', tree: await tree(folder, 'one') },
    { name: 'org/two:v1', tree: await tree(folder, 'two') },
  ];
  const first = filesOf(await exported(folder, 'first', images));
  assert.equal(filesOf(await exported(folder, 'second', images.toReversed())), first);
});

test('files are copies: no image tree is changed through them', async ({ folder }) => {
  const one = await tree(folder, 'one');
  const path = `blobs/sha256/${one.descriptor.digest.slice('sha256:'.length)}`;
  chmodSync(join(one.folder, path), 0o444);
  const output = await exported(folder, 'out', [{ name: 'a', tree: one }]);
  assert.is(statSync(join(output, path)).nlink, 1);
  assert.ok(existsSync(join(one.folder, path)));
});

test.run();
