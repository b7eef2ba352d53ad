import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import * as assert from 'uvu/assert';
import { gnuTar, gzip, releaseFolder } from '../../rig/archives.ts';
import { type Ran, runMain, testHost } from '../../rig/host.ts';
import { type ImageContent, writeImageLayout } from '../../rig/image-layout.ts';
import { type LayerMember, layerFile } from '../../rig/layer.ts';
import { suite } from '../../rig/suite.ts';

const test = suite<{ folder: string }>('compare archive command');

test.before.each((context) => {
  context.folder = mkdtempSync(join(tmpdir(), 'compare-archive-'));
});

test.after.each(({ folder }) => rmSync(folder, { recursive: true }));

/** Runs the program. Fails where something is left behind but for what was fetched. */
async function run(folder: string, ...argv: readonly string[]): Promise<Ran> {
  const env = { PATH: process.env['PATH'] ?? '', HOME: folder, EKSD_REBUILD_CACHE: join(folder, 'cache') };
  const ran = await runMain(argv, testHost({ cwd: folder, packageFolder: folder, env }));
  assert.equal(
    readdirSync(join(folder, 'cache')).filter((name) => !['inspect', 'version'].includes(name)),
    [],
  );
  return ran;
}

function write(folder: string, files: Readonly<Record<string, Uint8Array>>): void {
  for (const [name, content] of Object.entries(files)) writeFileSync(join(folder, name), content);
}

test('the verdict, what was set aside and how often, with the word and without it', async ({ folder }) => {
  const release = releaseFolder(folder);
  write(folder, {
    'a.tar.gz': gzip(gnuTar(release, '--no-recursion', '--mtime=@1', './bin/kubelet'), '-n'),
    'b.tar': gnuTar(release, '--no-recursion', '--mtime=@2', './bin/kubelet'),
  });
  const ran = await run(folder, 'compare', 'archive', 'a.tar.gz', 'b.tar');
  assert.equal([ran.code, ran.stderr], [0, '']);
  assert.match(
    ran.stdout,
    /^equivalent: a\.tar\.gz and b\.tar\n {2}- sha256:[0-9a-f]{64} \(gzip, \d+ bytes, 1 member\)\n {2}\+ sha256:[0-9a-f]{64} \(not packed, 10240 bytes, 1 member\)\n {2}set aside\n {4}times \(times of members\): 1\n {4}compression \(archives packed in another way\): 1\n$/,
  );
  assert.equal(await run(folder, 'compare', 'a.tar.gz', 'b.tar'), ran);
  const json = JSON.parse((await run(folder, 'compare', 'archive', 'a.tar.gz', 'b.tar', '--json')).stdout);
  assert.equal([json.schema, json.a, json.b, json.verdict], [1, 'a.tar.gz', 'b.tar', 'equivalent']);
  assert.is(json.archives.a.compression, 'gzip');
  const same = await run(folder, 'compare', 'a.tar.gz', 'a.tar.gz');
  assert.match(same.stdout, /^identical: a\.tar\.gz and a\.tar\.gz\n/);
});

test('what differs, with sizes and hashes; names move no cursor', async ({ folder }) => {
  write(folder, {
    a: layerFile([
      { path: 'x', content: 'one' },
      { path: 'gone', content: '' },
      { path: 'l', symbolicLink: 'x' },
    ]),
    b: layerFile([
      { path: 'x', content: 'other', mode: 0o666 },
      { path: 'new\u001b[2J', content: '' },
      { path: 'l/' },
    ]),
  });
  const ran = await run(folder, 'compare', 'archive', 'a', 'b');
  assert.is(ran.code, 1);
  assert.match(ran.stdout, 'members\n    - gone 0644, 0 bytes, e3b0c442');
  assert.match(ran.stdout, '    ~ l kind symbolic-link -> folder\n');
  assert.match(ran.stdout, '    + new\\u001b[2J 0644, 0 bytes, ');
  assert.match(
    ran.stdout,
    /\n {4}~ x mode 0644 -> 0666, content 7692c3ad\S+ \(3 bytes\) -> d9298a10\S+ \(5 bytes\)\n/,
  );
  assert.match(
    ran.stdout,
    '  handled in their own way by each unpacker\n    + new\\u001b[2J holds a character that is not seen\n',
  );
});

const layer = (content: string, mtime = 0): readonly LayerMember[] => [
  { path: 'usr/bin/tool', content, mtime },
];

function imageTar(folder: string, image: ImageContent): Buffer {
  const layout = mkdtempSync(join(folder, 'layout-'));
  writeImageLayout(layout, image);
  return gnuTar(layout, '--sort=name');
}

test('images in tars in archives: equivalent by what they hold, or different and where', async ({
  folder,
}) => {
  const holding = (image: ImageContent) =>
    gzipSync(
      layerFile([
        { path: 'bin/tool.tar', content: imageTar(folder, image) },
        { path: 'x', content: 'x' },
      ]),
    );
  write(folder, {
    a: holding({ layers: [layer('one')] }),
    b: holding({ layers: [layer('one', 7)], level: 9 }),
    c: holding({ layers: [layer('other')] }),
  });
  const same = await run(folder, 'compare', 'archive', 'a', 'b');
  assert.is(same.code, 0, same.stdout + same.stderr);
  assert.match(same.stdout, 'inside (archives and images in it that are equivalent): 1\n');
  assert.match(same.stdout, '\n  inside bin/tool.tar: equivalent\n');
  assert.match(same.stdout, 'timestamps (times of paths): 1\n');
  const other = await run(folder, 'compare', 'archive', 'a', 'c');
  assert.is(other.code, 1);
  assert.match(other.stdout, /\n {4}~ bin\/tool\.tar content /);
  assert.match(other.stdout, '\n  inside bin/tool.tar: different\n    linux/amd64: different\n');
  assert.match(other.stdout, '~ /usr/bin/tool size 3 -> 5, content ');
});

test('image tars themselves are compared as images', async ({ folder }) => {
  write(folder, {
    'a.tar': imageTar(folder, { layers: [layer('one')] }),
    'b.tar': imageTar(folder, { layers: [layer('one')], level: 1 }),
  });
  const ran = await run(folder, 'compare', 'archive', 'a.tar', 'b.tar');
  assert.is(ran.code, 0, ran.stdout + ran.stderr);
  assert.match(
    ran.stdout,
    'as-images (pairs of archives that hold images, which were compared instead of members): 1\n',
  );
  assert.match(ran.stdout, '\n  the images in them: equivalent\n');
  assert.match(ran.stdout, 'layer-compression (layers that are packed in another way): 1\n');
});

test('archives in archives', async ({ folder }) => {
  const holding = (inner: Uint8Array) => layerFile([{ path: 'in.tar.gz', content: inner }]);
  const inner = layerFile(layer('one'));
  write(folder, {
    a: holding(gzipSync(inner, { level: 1 })),
    b: holding(gzipSync(inner, { level: 9 })),
    c: holding(gzipSync(layerFile(layer('other')))),
    d: holding(gzipSync(inner).subarray(0, 40)),
    e: holding(gzipSync(layerFile([{ path: '../x', content: '' }]))),
  });
  assert.is((await run(folder, 'compare', 'archive', 'a', 'b')).code, 0);
  const other = await run(folder, 'compare', 'archive', 'a', 'c');
  assert.is(other.code, 1);
  assert.match(other.stdout, '\n  inside in.tar.gz: different\n');
  assert.match(other.stdout, /\n {6}~ usr\/bin\/tool content /);
  for (const [b, why] of [
    ['d', 'inside in.tar.gz: Cannot read the archive d: in.tar.gz.'],
    ['e', 'inside in.tar.gz: Path "../x" in e: in.tar.gz leaves its folder; it was not used.'],
  ] as const) {
    const ran = await run(folder, 'compare', 'archive', 'a', b);
    assert.is(ran.code, 1, ran.stderr);
    assert.match(ran.stdout, why);
  }
});

test('what cannot be compared: 2', async ({ folder }) => {
  write(folder, {
    good: layerFile([{ path: 'x', content: 'x' }]),
    evil: layerFile([{ path: '../x', content: 'x' }]),
    text: Buffer.from('a text\n'),
  });
  for (const [other, why] of [
    ['evil', 'Path "../x" in evil leaves its folder; it was not used.'],
    ['text', 'Cannot read the archive text.\nIt ends in the middle of a header.'],
    ['none', 'There is no file or folder none.\nName the file of an archive, or'],
    ['.', '. is a folder.\nName an archive; "compare image" compares'],
  ] as const) {
    for (const sides of [
      ['good', other],
      [other, 'good'],
    ]) {
      const ran = await run(folder, 'compare', 'archive', ...sides);
      assert.equal([ran.code, ran.stdout], [2, '']);
      assert.match(ran.stderr, why);
    }
  }
});

test('an archive by its URL, whose password is not shown', async ({ folder }) => {
  const content = layerFile([{ path: 'x', content: 'x' }]);
  write(folder, { 'a.tar': content });
  const server = createServer((request, response) => {
    const isKnown =
      request.headers.authorization === `Basic ${Buffer.from('user:canary').toString('base64')}`;
    response.writeHead(isKnown ? 200 : 401).end(isKnown ? readFileSync(join(folder, 'a.tar')) : '');
  });
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
  try {
    const { port } = server.address() as AddressInfo;
    const ran = await run(
      folder,
      'compare',
      'archive',
      'a.tar',
      `http://user:canary@127.0.0.1:${port}/b.tar`,
    );
    assert.is(ran.code, 0, ran.stderr);
    assert.match(ran.stdout, /^identical: a\.tar and http:\/\/127\.0\.0\.1:\d+\/b\.tar\n/);
    assert.not.match(ran.stdout + ran.stderr, 'canary');
    const refused = await run(folder, 'compare', 'archive', 'a.tar', `http://127.0.0.1:${port}/b.tar`);
    assert.is(refused.code, 4);
  } finally {
    server.close();
    server.closeAllConnections();
  }
});

test.run();
