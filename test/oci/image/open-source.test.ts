import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import * as assert from 'uvu/assert';
import { digestOf } from '../../../orchestrator/core/digest.ts';
import { listImages } from '../../../orchestrator/oci/image/open-image.ts';
import { openImageSource } from '../../../orchestrator/oci/image/open-source.ts';
import { writeImageLayout } from '../../rig/image-layout.ts';
import { layerFile } from '../../rig/layer.ts';
import { suite } from '../../rig/suite.ts';
import { type TarEntry, tarFile } from '../../rig/tar-file.ts';

const test = suite<{ folder: string }>('open source');

test.before.each((context) => {
  context.folder = mkdtempSync(join(tmpdir(), 'open-source-'));
});

test.after.each(({ folder }) => rmSync(folder, { recursive: true }));

/** Platforms with their numbers of layers, or why there are none. */
async function images(folder: string, path: string): Promise<string> {
  const scratch = mkdtempSync(join(folder, 'scratch-'));
  const { signal } = new AbortController();
  const layout = await openImageSource(join(folder, path), { name: path, scratch, signal });
  const found = layout.ok ? await listImages(layout.value) : layout;
  if (!found.ok) return JSON.stringify(found.error);
  return found.value.map(({ platform, layers }) => `${platform} ${layers.length}`).join(', ');
}

function membersOf(folder: string): readonly TarEntry[] {
  const paths = readdirSync(folder, { recursive: true, encoding: 'utf8' }).sort();
  return paths.map((path) => {
    const full = join(folder, path);
    return statSync(full).isFile() ? { path, content: readFileSync(full) } : { path: `${path}/` };
  });
}

/** What `docker save` wrote before 25: layers that images share are links. */
function dockerSave(): readonly TarEntry[] {
  const layer = layerFile([{ path: 'a', content: 'x' }]);
  const rootfs = { type: 'layers', diff_ids: [1, 2].map(() => `sha256:${digestOf(layer)}`) };
  const config = JSON.stringify({ os: 'linux', architecture: 'amd64', rootfs });
  const Config = `${digestOf(config)}.json`;
  return [
    { path: 'one/layer.tar', content: layer },
    { path: 'two/layer.tar', symbolicLink: '../one/layer.tar' },
    { path: Config, content: config },
    {
      path: 'manifest.json',
      content: JSON.stringify([{ Config, Layers: ['one/layer.tar', 'two/layer.tar'] }]),
    },
  ];
}

test('a layout: as a folder, in an archive, in a packed one', async ({ folder }) => {
  const layout = join(folder, 'layout');
  writeImageLayout(layout, { layers: [[], []] }, { architecture: 'arm64' });
  const archive = tarFile(membersOf(layout));
  writeFileSync(join(folder, 'plain.tar'), archive);
  writeFileSync(join(folder, 'packed.tar.gz'), gzipSync(archive));
  for (const path of ['layout', 'plain.tar', 'packed.tar.gz']) {
    assert.is(await images(folder, path), 'linux/amd64 2, linux/arm64 1');
  }
});

test('what docker saved, with links in it', async ({ folder }) => {
  writeFileSync(join(folder, 'saved.tar'), tarFile(dockerSave()));
  assert.is(await images(folder, 'saved.tar'), 'linux/amd64 2');
});

test('an index that names more than the layout has, and what is no image', async ({ folder }) => {
  const layout = join(folder, 'layout');
  const attested = { os: 'unknown', architecture: 'unknown' };
  writeImageLayout(layout, { layers: [[], []] }, { architecture: 'arm64' }, attested);
  const index = JSON.parse(readFileSync(join(layout, 'index.json'), 'utf8')) as {
    manifests: readonly { digest: string }[];
  };
  const named = JSON.parse(
    readFileSync(join(layout, 'blobs/sha256', index.manifests[0]?.digest.slice(7) ?? ''), 'utf8'),
  ) as { manifests: readonly { digest: string }[] };
  rmSync(join(layout, 'blobs/sha256', named.manifests[1]?.digest.slice(7) ?? ''));
  assert.is(await images(folder, 'layout'), 'linux/amd64 2');
});

test('what holds no image', async ({ folder }) => {
  mkdirSync(join(folder, 'empty'));
  writeFileSync(join(folder, 'text'), 'no archive');
  writeFileSync(join(folder, 'other.tar'), tarFile([{ path: 'file', content: 'x' }]));
  const leading = [...dockerSave(), { path: 'out', symbolicLink: '../../etc' }];
  writeFileSync(join(folder, 'leading.tar'), tarFile(leading));
  assert.match(await images(folder, 'nowhere'), 'There is no such file or folder.');
  assert.match(await images(folder, 'empty'), 'It is no OCI layout');
  assert.match(await images(folder, 'text'), 'Cannot read the archive text.');
  assert.match(await images(folder, 'other.tar'), 'It is no OCI layout');
  assert.match(await images(folder, 'leading.tar'), '"reason":"unsafe-path"');
});

test.run();
