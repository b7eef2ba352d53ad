import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as zlib from 'node:zlib';
import * as assert from 'uvu/assert';
import { filesOf } from '../../orchestrator/oci/image/image-tree.ts';
import { readImageView } from '../../orchestrator/oci/image/image-view.ts';
import { listImages } from '../../orchestrator/oci/image/open-image.ts';
import { compareCommand as compare } from '../rig/compare-command.ts';
import { suite } from '../rig/suite.ts';
import { makeImage, run, walk } from '../rig/umoci-image.ts';

/** Images that umoci and skopeo wrote. Needs root, umoci and skopeo. */
const test = suite<{ folder: string }>('compare image');

test.before((context) => {
  context.folder = mkdtempSync(join(tmpdir(), 'compare-image-'));
});

test.after(({ folder }) => rmSync(folder, { recursive: true, force: true }));

test('the merged view is what umoci unpacks', async ({ folder }) => {
  const layout = makeImage(folder);
  const images = await listImages({ kind: 'oci', name: 'image', fileOf: filesOf(layout) });
  assert.ok(images.ok && images.value.length === 1 && images.value[0] !== undefined);
  assert.is(images.value[0].layers.length, 3);
  const { signal } = new AbortController();
  const view = await readImageView(images.value[0], { name: 'image', signal });
  assert.ok(view.ok, JSON.stringify(view));
  run('umoci', 'unpack', '--image', `${layout}:work`, join(folder, 'unpacked'));
  const truth = walk(join(folder, 'unpacked', 'rootfs'));
  const seen = [...view.value.entries].map(([path, entry]) =>
    JSON.stringify([
      path,
      entry.kind,
      entry.kind === 'symbolic-link' ? 0 : entry.mode,
      `${entry.uid}:${entry.gid}`,
      entry.size,
      Math.floor(entry.mtime),
      entry.sha256,
      entry.target,
      entry.device,
    ]),
  );
  assert.equal(seen.sort(), truth);
  assert.ok(truth.length > 25);
  assert.equal(view.value.entries.get('/usr/bin/ping')?.xattrs, {
    'security.capability': '01000002800a00000000000000000000ff000000',
  });
  assert.equal(view.value.oddities, []);
});

test('the same image in other forms', async ({ folder }) => {
  const from = `oci:${join(folder, 'image')}:work`;
  const copy = (...args: readonly string[]) => run('skopeo', '--insecure-policy', 'copy', ...args);
  copy(from, `docker-archive:${join(folder, 'docker.tar')}:example.com/image:1`);
  copy(from, `oci-archive:${join(folder, 'oci.tar')}`);
  writeFileSync(join(folder, 'docker.tar.gz'), execFileSync('gzip', ['-c', join(folder, 'docker.tar')]));
  run(
    'umoci',
    'config',
    '--image',
    `${join(folder, 'image')}:work`,
    '--tag',
    'other',
    '--config.user',
    'nobody',
  );
  copy(`oci:${join(folder, 'image')}:other`, `oci:${join(folder, 'other')}:other`);
  run('umoci', 'rm', '--image', `${join(folder, 'image')}:other`);

  const archived = await compare(folder, 'image', 'oci.tar');
  assert.equal([archived.code, archived.json.verdict], [0, 'identical']);
  const packed = await compare(folder, 'docker.tar', 'docker.tar.gz');
  assert.equal([packed.code, packed.json.verdict], [0, 'identical']);
  const saved = await compare(folder, 'image', 'docker.tar');
  assert.equal([saved.code, saved.json.verdict], [0, 'equivalent']);
  assert.equal(
    saved.json.platforms[0]?.setAside.map(({ name, count }) => [name, count]),
    [
      ['layer-compression', 3],
      ['missing-manifest', 1],
    ],
  );
  const other = await compare(folder, 'image', 'other');
  assert.is(other.code, 1);
  assert.match(other.text, /^different: image and other\n\nlinux\/amd64: different\n/);
  assert.match(
    other.text,
    '\n  config\n    + User "nobody"\n  set aside\n    history (entries of the history): 1\n',
  );
});

test('an image with another file in it, and one less', async ({ folder }) => {
  cpSync(join(folder, 'umoci'), join(folder, 'changed'), { recursive: true });
  const bundle = join(folder, 'changed-bundle');
  run('umoci', 'unpack', '--image', `${join(folder, 'changed')}:work`, bundle);
  writeFileSync(join(bundle, 'rootfs/usr/share/kept/file'), 'other');
  mkdirSync(join(bundle, 'rootfs/new/deep'), { recursive: true });
  writeFileSync(join(bundle, 'rootfs/new/deep/file'), '');
  rmSync(join(bundle, 'rootfs/usr/bin/other-name'));
  run('umoci', 'repack', '--image', `${join(folder, 'changed')}:work`, bundle);
  const { code, text } = await compare(folder, 'image', 'changed');
  assert.is(code, 1);
  assert.match(
    text,
    /\n {2}files\n {4}\+ \/new\/ and 2 below it\n {4}- \/usr\/bin\/other-name\n {4}~ \/usr\/share\/kept\/file size 4 -> 5, content [0-9a-f]{64} -> [0-9a-f]{64}\n/,
  );
  assert.match(text, 'layer-count (layers more in one of the images): 1\n');
});

test('layers packed by zstd are read where Node can, and refused by name where not', async ({ folder }) => {
  const zstd = join(folder, 'zstd');
  const packing = ['--dest-compress-format', 'zstd', '--dest-force-compress-format'];
  const known = run('skopeo', 'copy', '--help').includes('--dest-force-compress-format');
  const from = `docker-archive:${join(folder, 'docker.tar')}`;
  run(
    'skopeo',
    '--insecure-policy',
    'copy',
    ...(known ? packing : packing.slice(0, 2)),
    from,
    `oci:${zstd}:work`,
  );
  const images = await listImages({ kind: 'oci', name: 'image', fileOf: filesOf(zstd) });
  assert.ok(images.ok && images.value[0] !== undefined);
  assert.match(images.value[0].manifest?.layers[0]?.mediaType ?? '', 'tar+zstd');
  const { signal } = new AbortController();
  const view = await readImageView(images.value[0], { name: 'image', signal });
  if ('createZstdDecompress' in zlib) assert.ok(view.ok && view.value.entries.has('/usr/bin/ping'));
  else assert.match(JSON.stringify(view), 'compressed with zstd, which this Node cannot read: Node 22.15');
});

test.run();
