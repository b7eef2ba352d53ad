import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { gzipSync } from 'node:zlib';
import * as assert from 'uvu/assert';
import { digestOf } from '../../../orchestrator/core/digest.ts';
import type { Platform } from '../../../orchestrator/core/platform.ts';
import { createHttpClient } from '../../../orchestrator/tool/http/http-client.ts';
import { openPublished } from '../../../orchestrator/verdict/inspect/published.ts';
import { suite } from '../../rig/suite.ts';

import { type TarEntry, tarFile } from '../../rig/tar-file.ts';

const test = suite<{ folder: string }>('published');

test.before.each((context) => {
  context.folder = mkdtempSync(join(tmpdir(), 'published-'));
});

test.after.each(({ folder }) => rmSync(folder, { recursive: true }));

function write(folder: string, files: Readonly<Record<string, string | Uint8Array>>): void {
  for (const [path, content] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), content);
  }
}

/** `where: content`, `none`, or the failure's reason and its words. */
async function find(folder: string, given: string, name: string, platform: Platform = 'linux/amd64') {
  const { signal } = new AbortController();
  const opened = await openPublished(given, {
    ...{ folder: join(folder, 'cache'), cwd: folder, signal },
    send: createHttpClient({}, undefined),
  });
  if (!opened.ok) return JSON.stringify(opened.error);
  const found = await opened.value.find({ platform, name });
  const text = !found.ok
    ? JSON.stringify(found.error)
    : found.value === undefined
      ? 'none'
      : `${found.value.where}: ${readFileSync(found.value.path, 'utf8')}`;
  await opened.value.close();
  assert.equal(
    readdirSync(join(folder, 'cache')).filter((each) => each !== 'published'),
    [],
  );
  return text;
}

test('a single file stands for whatever is wanted', async ({ folder }) => {
  write(folder, { mine: 'program' });
  assert.is(await find(folder, 'mine', 'kubelet'), 'mine: program');
  assert.match(await find(folder, 'yours', 'kubelet'), 'There is no file or folder yours.');
});

test('a folder as upstream lays it out, or flat', async ({ folder }) => {
  write(folder, {
    'out/1-30/bin/linux/amd64/kubelet': 'amd64',
    'out/1-30/bin/linux/arm64/kubelet': 'arm64',
    'out/1-30/bin/windows/amd64/kubelet.exe': 'windows',
    'out/1-30/bin/etcd/linux-arm64/etcd': 'etcd',
    'flat/kubelet': 'flat',
    'twice/a/kubelet': 'a',
    'twice/b/kubelet': 'b',
  });
  assert.is(await find(folder, 'out', 'kubelet', 'linux/arm64'), '1-30/bin/linux/arm64/kubelet: arm64');
  assert.is(
    await find(folder, 'out', 'kubelet', 'windows/amd64'),
    '1-30/bin/windows/amd64/kubelet.exe: windows',
  );
  assert.is(await find(folder, 'out', 'etcd', 'linux/arm64'), '1-30/bin/etcd/linux-arm64/etcd: etcd');
  assert.is(await find(folder, 'out', 'etcd', 'linux/amd64'), 'none');
  assert.is(await find(folder, 'out/1-30/bin/linux/arm64', 'kubelet', 'linux/amd64'), 'none');
  assert.is(await find(folder, 'flat', 'kubelet'), 'kubelet: flat');
  assert.match(
    await find(folder, 'twice', 'kubelet'),
    'several files that could be kubelet for linux/amd64: a/kubelet, b/kubelet',
  );
});

test('a link out of a folder is an error', async ({ folder }) => {
  write(folder, { 'out/etcd': 'etcd', secret: 'secret' });
  symlinkSync('../secret', join(folder, 'out', 'kubelet'));
  assert.match(await find(folder, 'out', 'kubelet'), '"reason":"unsafe-path"');
});

test('the archives of a release, by themselves and in a folder', async ({ folder }) => {
  const etcd = tarFile([
    { path: './' },
    { path: './etcd', content: 'etcd' },
    { path: './LICENSES/etcd/LICENSE', content: '' },
  ]);
  const server = tarFile([
    { path: 'kubernetes/server/bin/kubelet', content: 'kubelet' },
    { path: 'kubernetes/server/bin/hyperkube', symbolicLink: 'kubelet' },
  ]);
  write(folder, {
    'site/etcd-linux-arm64-v3.5.13.tar.gz': gzipSync(etcd),
    'site/kubernetes-server-linux-amd64.tar.gz': gzipSync(server),
  });
  const archive = 'site/etcd-linux-arm64-v3.5.13.tar.gz';
  assert.is(
    await find(folder, archive, 'etcd', 'linux/arm64'),
    'etcd-linux-arm64-v3.5.13.tar.gz: etcd: etcd',
  );
  assert.is(await find(folder, archive, 'etcd', 'linux/amd64'), 'none');
  assert.is(
    await find(folder, 'site', 'kubelet'),
    'kubernetes-server-linux-amd64.tar.gz: kubernetes/server/bin/kubelet: kubelet',
  );
  assert.is(
    await find(folder, 'site', 'hyperkube'),
    'kubernetes-server-linux-amd64.tar.gz: kubernetes/server/bin/hyperkube: kubelet',
  );
});

for (const [what, entry] of [
  ['climbs', { path: '../kubelet', content: 'x' }],
  ['is absolute', { path: '/etc/kubelet', content: 'x' }],
  ['climbs inside', { path: 'a/../../kubelet', content: 'x' }],
  ['is a link that leads out', { path: 'kubelet', symbolicLink: '../../etc/passwd' }],
  ['is a hard link that leads out', { path: 'kubelet', hardLink: '/etc/passwd' }],
] as const) {
  test(`an archive with a path that ${what}`, async ({ folder }) => {
    write(folder, { 'a.tar': tarFile([{ path: 'fine', content: 'x' }, entry]) });
    assert.match(await find(folder, 'a.tar', 'kubelet'), '"reason":"unsafe-path"');
  });
}

test('an archive that is cut off', async ({ folder }) => {
  const whole = gzipSync(tarFile([{ path: 'kubelet', content: Buffer.alloc(100_000, 7) }]));
  write(folder, { 'a.tar.gz': whole.subarray(0, whole.length / 2) });
  assert.match(await find(folder, 'a.tar.gz', 'kubelet'), 'Cannot read the archive a.tar.gz.');
});

/** The files of an OCI layout with one image for each platform. */
function layout(
  images: Readonly<Record<string, readonly (readonly TarEntry[])[]>>,
): Record<string, string | Uint8Array> {
  const files: Record<string, string | Uint8Array> = { 'oci-layout': '{"imageLayoutVersion":"1.0.0"}' };
  const add = (content: string | Uint8Array): { digest: string } => {
    files[`blobs/sha256/${digestOf(content)}`] = content;
    return { digest: `sha256:${digestOf(content)}` };
  };
  const manifests = Object.entries(images).map(([platform, layers]) => {
    const [os, architecture] = platform.split('/');
    const config = add(JSON.stringify({ os, architecture }));
    const blobs = layers.map((entries) => add(gzipSync(tarFile(entries))));
    return add(JSON.stringify({ config, layers: blobs }));
  });
  files['index.json'] = JSON.stringify({ manifests: [add(JSON.stringify({ manifests }))] });
  return files;
}

const image = layout({
  'linux/arm64': [[{ path: 'coredns', content: 'arm64' }]],
  'linux/amd64': [
    [
      { path: 'coredns', content: 'old' },
      { path: 'bin/gone', content: 'gone' },
      { path: 'opt/a/hidden', content: 'hidden' },
      { path: 'etc/mtab', symbolicLink: '/proc/mounts' },
    ],
    [
      { path: 'coredns', content: 'new' },
      { path: 'bin/.wh.gone', content: '' },
      { path: 'opt/.wh..wh..opq', content: '' },
      { path: 'opt/b/seen', content: 'seen' },
    ],
  ],
});

test("an image's layers, whiteouts honoured", async ({ folder }) => {
  write(join(folder, 'coredns'), image);
  assert.is(await find(folder, 'coredns', 'coredns'), 'coredns: /coredns: new');
  assert.is(await find(folder, 'coredns', 'coredns', 'linux/arm64'), 'coredns: /coredns: arm64');
  assert.is(await find(folder, 'coredns', 'coredns', 'windows/amd64'), 'none');
  assert.is(await find(folder, 'coredns', 'gone'), 'none');
  assert.is(await find(folder, 'coredns', 'hidden'), 'none');
  assert.is(await find(folder, 'coredns', 'seen'), 'coredns: /opt/b/seen: seen');
});

test('an image in a tar, and a damaged one', async ({ folder }) => {
  const entries = Object.entries(image).map(([path, content]) => ({ path, content }));
  write(folder, { 'coredns.tar': tarFile(entries) });
  assert.is(await find(folder, 'coredns.tar', 'coredns'), 'coredns.tar: /coredns: new');
  const damaged = entries.map((each) =>
    typeof each.content === 'string'
      ? each
      : { ...each, content: Buffer.concat([each.content, Buffer.from('x')]) },
  );
  write(folder, { 'coredns.tar': tarFile(damaged) });
  assert.match(await find(folder, 'coredns.tar', 'coredns'), '"reason":"digest-mismatch"');
});

test('what docker saves, with a layer that is a link', async ({ folder }) => {
  const layer = tarFile([{ path: 'usr/local/bin/kube-proxy', content: 'proxy' }]);
  const saved = (layers: readonly string[]) =>
    tarFile([
      { path: 'config.json', content: '{"os":"linux","architecture":"amd64"}' },
      { path: 'one/layer.tar', content: layer },
      { path: 'two/layer.tar', symbolicLink: '../one/layer.tar' },
      { path: 'manifest.json', content: JSON.stringify([{ Config: 'config.json', Layers: layers }]) },
    ]);
  write(folder, {
    'bin/linux/amd64/kube-proxy.tar': saved(['two/layer.tar']),
    'evil.tar': saved(['../../layer.tar']),
  });
  assert.is(await find(folder, 'bin', 'kube-proxy'), 'kube-proxy.tar: /usr/local/bin/kube-proxy: proxy');
  assert.match(await find(folder, 'evil.tar', 'kube-proxy'), '"reason":"unsafe-path"');
});

async function serve(status: number, body: string, use: (url: string) => Promise<void>): Promise<void> {
  const server: Server = createServer((_, response) => response.writeHead(status).end(body));
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  try {
    await use(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
  } finally {
    server.closeAllConnections();
    server.close();
  }
}

test('a URL, kept by its SHA-256', async ({ folder }) => {
  await serve(200, 'program', async (url) => {
    assert.is(await find(folder, `${url}/bin/linux/amd64/kubelet?x=1`, 'kubelet'), 'kubelet: program');
    assert.equal(readdirSync(join(folder, 'cache', 'published')), [digestOf('program')]);
    assert.match(await find(folder, `${url}/..%2f`, 'kubelet'), 'It is no http or https URL of a file');
  });
  await serve(404, '', async (url) => {
    assert.match(await find(folder, `${url}/kubelet`, 'kubelet'), '"reason":"source-unavailable"');
  });
  await serve(503, '', async (url) => {
    assert.match(await find(folder, `${url}/kubelet`, 'kubelet'), '"reason":"network"');
  });
});

test.run();
