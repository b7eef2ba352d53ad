import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as assert from 'uvu/assert';
import { digestOf } from '../../../orchestrator/core/digest.ts';
import type { Platform } from '../../../orchestrator/core/platform.ts';
import { readFileOfImage } from '../../../orchestrator/oci/image/image-file.ts';
import { filesOf, readImageTree } from '../../../orchestrator/oci/image/image-tree.ts';
import {
  foreignPrograms,
  type ImageView,
  readImageView,
} from '../../../orchestrator/oci/image/image-view.ts';
import { listImages } from '../../../orchestrator/oci/image/open-image.ts';
import { type ImageContent, writeImageLayout } from '../../rig/image-layout.ts';
import type { LayerMember } from '../../rig/layer.ts';
import { suite } from '../../rig/suite.ts';

const test = suite<{ folder: string }>('image view');
const { signal } = new AbortController();
const options = { name: 'tree', signal };

test.before.each((context) => {
  context.folder = mkdtempSync(join(tmpdir(), 'image-view-'));
});

test.after.each(({ folder }) => rmSync(folder, { recursive: true }));

async function read(folder: string, image: ImageContent) {
  writeImageLayout(folder, image);
  const images = await listImages({ kind: 'oci', name: 'tree', fileOf: filesOf(folder) });
  assert.ok(images.ok && images.value[0] !== undefined, JSON.stringify(images));
  return readImageView(images.value[0], options);
}

async function view(folder: string, ...layers: readonly (readonly LayerMember[])[]): Promise<ImageView> {
  const found = await read(folder, { layers });
  assert.ok(found.ok, JSON.stringify(found));
  return found.value;
}

/** `path kind` of each, and the layer that has it. */
function shown({ entries }: ImageView): readonly string[] {
  return [...entries].map(([path, { kind, layer }]) => `${layer} ${kind} ${path}`);
}

test('whiteouts take away what lower layers have, with all below it, and nothing of their own layer', async ({
  folder,
}) => {
  const found = await view(
    folder,
    [
      { path: 'a/' },
      { path: 'a/file', content: '1' },
      { path: 'ab', content: '1' },
      { path: 'b', content: '1' },
    ],
    [
      { path: 'b', content: '2' },
      { path: '.wh.a', content: '' },
      { path: '.wh.b', content: '' },
    ],
  );
  assert.equal(shown(found), ['0 folder /', '0 file /ab', '1 file /b']);
});

test('an opaque folder shows only what its layer and later ones have, wherever the marker stands', async ({
  folder,
}) => {
  const found = await view(
    folder,
    [
      { path: 'etc/' },
      { path: 'etc/old', content: '1' },
      { path: 'etc/deep/old', content: '1' },
      { path: 'etcetera', content: '' },
    ],
    [{ path: 'etc/' }, { path: 'etc/new', content: '2' }, { path: 'etc/.wh..wh..opq', content: '' }],
    [
      { path: 'etc/newer', content: '3' },
      { path: '.wh..wh.plnk/1', content: '' },
    ],
  );
  assert.equal(shown(found), [
    '0 folder /',
    '1 folder /etc',
    '1 file /etc/new',
    '2 file /etc/newer',
    '0 file /etcetera',
  ]);
});

test('a file in the place of a folder takes all below it away, a folder over a folder nothing', async ({
  folder,
}) => {
  const found = await view(
    folder,
    [
      { path: 'a/x', content: '' },
      { path: 'b/y', content: '' },
      { path: 'b-c', content: '' },
    ],
    [
      { path: 'a/', mode: 0o700 },
      { path: 'b', symbolicLink: 'a' },
    ],
  );
  assert.equal(shown(found), [
    '0 folder /',
    '1 folder /a',
    '0 file /a/x',
    '1 symbolic-link /b',
    '0 file /b-c',
  ]);
  assert.is(found.entries.get('/a')?.mode, 0o700);
});

test('all that a member can say is kept', async ({ folder }) => {
  const long = `${'deep/'.repeat(60)}file`;
  const capability = Buffer.from('010000028a0a00ff0000000000000000000000f0', 'hex');
  const { entries } = await view(folder, [
    { path: './bin/su', content: 'su', mode: 0o4755, uid: 7, gid: 2_000_000, mtime: 1_700_000_000 },
    {
      path: 'ping',
      content: 'p',
      xattrs: { 'security.capability': capability, 'user.a=b': Buffer.from('\n1 x=y\n') },
    },
    { path: 'null', device: [1, 3], mode: 0o666 },
    { path: 'pipe', isFifo: true },
    { path: long, content: 'long', pax: { mtime: '1700000000.25', uid: '4294967294' } },
    { path: 'link', symbolicLink: '../../../etc/passwd' },
  ]);
  const su = entries.get('/bin/su');
  assert.equal([su?.mode, su?.uid, su?.gid, su?.mtime, su?.size], [0o4755, 7, 2_000_000, 1_700_000_000, 2]);
  assert.is(su?.sha256, digestOf('su'));
  assert.equal(entries.get('/ping')?.xattrs, {
    'security.capability': capability.toString('hex'),
    'user.a': Buffer.from('b=\n1 x=y\n').toString('hex'),
  });
  assert.is(entries.get('/null')?.device, '1:3');
  assert.is(entries.get('/pipe')?.kind, 'fifo');
  const deep = entries.get(`/${long}`);
  assert.equal([deep?.mtime, deep?.uid, deep?.sha256], [1_700_000_000.25, 4_294_967_294, digestOf('long')]);
  assert.is(entries.get('/link')?.target, '../../../etc/passwd');
});

test('hard links are the file they name, in their own layer and in a lower one', async ({ folder }) => {
  const { entries } = await view(
    folder,
    [
      { path: 'a', content: 'x', mode: 0o600 },
      { path: 'b', hardLink: './a' },
    ],
    [
      { path: 'a', content: 'y' },
      { path: 'c', hardLink: '/b' },
    ],
  );
  const [a, b, c] = ['/a', '/b', '/c'].map((path) => entries.get(path));
  assert.equal([a?.sha256, b?.sha256, c?.sha256], [digestOf('y'), digestOf('x'), digestOf('x')]);
  assert.equal([b?.mode, b?.layer, b?.member], [0o600, c?.layer, c?.member]);
});

test('a hard link to nothing is a damaged layer', async ({ folder }) => {
  const found = await read(folder, { layers: [[{ path: 'b', hardLink: 'a' }]] });
  assert.match(JSON.stringify(found), 'The hard link b is to a, which is not there.');
});

test('paths that lead out, and members below links, are kept inside and told', async ({ folder }) => {
  const found = await view(
    folder,
    [
      { path: 'bin', symbolicLink: 'usr/bin' },
      { path: 'usr/bin/sh', content: 'sh' },
    ],
    [
      { path: '../../escaped', content: '1' },
      { path: '/absolute', content: '2' },
      { path: 'bin/tool', content: '3' },
      { path: 'sbin', symbolicLink: 'usr/bin' },
      { path: 'sbin/.wh.sh', content: '' },
    ],
  );
  assert.ok(found.entries.has('/escaped') && found.entries.has('/absolute'));
  assert.is(found.entries.get('/bin')?.kind, 'folder');
  assert.not.ok(found.entries.has('/usr/bin/tool'));
  assert.ok(found.entries.has('/usr/bin/sh'));
  assert.equal(found.oddities, [
    { path: '/escaped', layer: 1, why: 'leaves the image' },
    { path: '/sbin/sh', layer: 1, why: 'is below what is no folder' },
    { path: '/bin/tool', layer: 1, why: 'is below what is no folder' },
  ]);
});

test('a layer with other content than manifest or config say', async ({ folder }) => {
  const descriptor = writeImageLayout(folder, { layers: [[{ path: 'a', content: 'x' }]] });
  const tree = await readImageTree(folder);
  assert.ok(tree.ok);
  const [image] = tree.value.images;
  const [layer] = image?.manifest.layers ?? [];
  const path = join(folder, `blobs/sha256/${layer?.digest.slice(7)}`);
  const content = readFileSync(path);
  // The operating system's byte in gzip's header: the content stays what it was.
  content[9] = (content[9] ?? 0) ^ 1;
  writeFileSync(path, content);
  const found = await readFileOfImage(tree.value, 'linux/amd64', '/a', options);
  assert.match(JSON.stringify(found), /"digest-mismatch","what":"The layer sha256:/);
  assert.ok(descriptor.size > 0);

  const wrong = { type: 'layers', diff_ids: [`sha256:${digestOf('something else')}`] };
  const other = await read(join(folder, 'other'), { layers: [[]], others: { rootfs: wrong } });
  assert.match(JSON.stringify(other), 'The content of layer sha256:');
});

test('layers that are damaged, and packed in ways that nobody can read here', async ({ folder }) => {
  const tree = async (change: (content: Buffer) => Buffer) => {
    writeImageLayout(folder, { layers: [[{ path: 'a', content: 'x'.repeat(5000) }]], isPlain: true });
    const read = await readImageTree(folder);
    assert.ok(read.ok);
    const [layer] = read.value.images[0]?.manifest.layers ?? [];
    const path = join(folder, `blobs/sha256/${layer?.digest.slice(7)}`);
    writeFileSync(path, change(readFileSync(path)));
    return JSON.stringify(await readFileOfImage(read.value, 'linux/amd64', '/a', options));
  };
  assert.match(await tree((content) => content.subarray(0, 3000)), 'It ends in the middle of a.');
  assert.match(await tree((content) => content.fill('y', 0, 1)), 'A header has a wrong checksum.');
  assert.match(await tree(() => Buffer.from('1f8b0800', 'hex')), 'Its compression is damaged: ');
  assert.match(await tree(() => Buffer.from('fd377a585a00', 'hex')), 'compressed with xz');
});

test('programs for another platform than the image', async ({ folder }) => {
  const program = (machine: number) => {
    const content = Buffer.alloc(5000);
    content.write('\x7fELF\x02\x01', 'latin1');
    content.writeUInt16LE(machine, 18);
    return content;
  };
  const found = await view(folder, [
    { path: 'native', content: program(62) },
    { path: 'foreign', content: program(183) },
    { path: 'text', content: 'no program' },
  ]);
  assert.equal(
    foreignPrograms(found).map(([path, { machine }]) => [path, machine?.platform]),
    [['/foreign', 'linux/arm64']],
  );
});

test('one file of a merged image, through its links', async ({ folder }) => {
  writeImageLayout(
    folder,
    { layers: [[{ path: 'etc/passwd', content: 'root' }]] },
    {
      architecture: 'arm64',
      layers: [
        [
          { path: 'usr/bin/tool', content: 'old' },
          { path: 'bin', symbolicLink: '/usr/bin' },
        ],
        [
          { path: 'usr/bin/tool', content: 'new' },
          { path: 'usr/bin/t', symbolicLink: '../../../bin/./tool' },
        ],
        [
          { path: 'loop', symbolicLink: 'loop' },
          { path: 'usr/bin/absolute', symbolicLink: '/bin/tool' },
          { path: 'out', symbolicLink: '/../../etc/hostname' },
        ],
      ],
    },
  );
  const tree = await readImageTree(folder);
  assert.ok(tree.ok);
  const content = async (path: string, platform: Platform = 'linux/arm64') => {
    const found = await readFileOfImage(tree.value, platform, path, options);
    return found.ok ? found.value?.toString() : found.error.reason;
  };
  assert.is(await content('/usr/bin/tool'), 'new');
  assert.is(await content('/bin/t'), 'new');
  assert.is(await content('/usr/bin/absolute'), 'new');
  assert.is(await content('/etc/passwd'), undefined);
  assert.is(await content('/etc/passwd', 'linux/amd64'), 'root');
  assert.is(await content('/usr/bin'), undefined);
  assert.is(await content('/loop'), undefined);
  assert.is(await content('/out'), undefined);
  assert.is(await content('/bin/t', 'linux/s390x'), 'unknown-name');
});

test.run();
