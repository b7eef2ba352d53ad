import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import * as assert from 'uvu/assert';
import { download } from '../../../orchestrator/tool/http/download.ts';
import { createHttpClient } from '../../../orchestrator/tool/http/http-client.ts';
import { proxiesOf } from '../../../orchestrator/tool/http/proxy.ts';
import { startProxy } from '../../rig/proxy.ts';
import { suite } from '../../rig/suite.ts';

interface Context {
  folder: string;
  server: Server;
  port: number;
  url: string;
}
const test = suite<Context>('downloads');

test.before.each(async (context) => {
  const server = createServer((request, response) => {
    const [, hops] = /^\/hop\/([0-9]+)$/.exec(request.url ?? '') ?? [];
    if (hops !== undefined) {
      const location = hops === '0' ? '/file' : `/hop/${Number(hops) - 1}`;
      response.writeHead(302, { location }).end('moved');
      return;
    }
    const status = Number(/^\/status\/([0-9]+)$/.exec(request.url ?? '')?.[1] ?? 0);
    if (status > 0) {
      response.writeHead(status).end('a part');
      return;
    }
    if (request.url === '/away') {
      response.writeHead(301, { location: 'ftp://a.example/b' }).end();
      return;
    }
    if (request.url === '/who') {
      response.end(request.headers.authorization);
      return;
    }
    if (request.url === '/told') response.setHeader('content-length', 11);
    response.write('hello ');
    response.end('world');
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  const { port } = server.address() as AddressInfo;
  const folder = mkdtempSync(join(tmpdir(), 'download-'));
  Object.assign(context, { folder, server, port, url: `http://127.0.0.1:${port}` });
});

test.after.each(({ folder, server }) => {
  server.closeAllConnections();
  server.close();
  rmSync(folder, { recursive: true });
});

const { signal } = new AbortController();
const send = createHttpClient({}, undefined);

test('a file that is larger than it may be is not kept, whether its length was told or not', async ({
  folder,
  url,
}) => {
  for (const path of ['told', 'untold']) {
    const got = await download(`${url}/${path}`, folder, { send, signal, limit: 10 });
    assert.match(JSON.stringify(got), 'it has more than 10 bytes');
  }
  assert.equal(readdirSync(folder), []);
  const got = await download(`${url}/untold`, folder, { send, signal, limit: 11 });
  assert.is(got.ok && got.value.size, 11);
});

test('names of packages, with the signs that versions have', async ({ folder, url }) => {
  for (const name of ['tool-1.0~rc1-2.x86_64.rpm', 'tool-1.0^git1-2.noarch.rpm', 'libstdc++-7.rpm']) {
    for (const path of [name, encodeURIComponent(name), name.replace('~', '%7E')]) {
      const got = await download(`${url}/${path}`, folder, { send, signal });
      assert.is(got.ok && basename(got.value.path), name, path);
    }
  }
  for (const path of ['a%2Fb', '..%2Fb', '%2e%2e', '.hidden', 'a%00', '%zz']) {
    const got = await download(`${url}/x/${path}`, folder, { send, signal });
    assert.match(JSON.stringify(got), 'It is no http or https URL of a file', path);
  }
});

test('who asks is told to the server, and to nobody else', async ({ folder, port }) => {
  const got = await download(`http://user:canary@127.0.0.1:${port}/who`, folder, { send, signal });
  const expected = `Basic ${Buffer.from('user:canary').toString('base64')}`;
  assert.is(got.ok && readFileSync(got.value.path, 'utf8'), expected);
  for (const url of [`http://user:canary@127.0.0.1:${port}/away`, 'http://user:canary@127.0.0.1:1/b']) {
    const failed = await download(url, folder, { send, signal });
    assert.is(failed.ok, false);
    assert.not.match(JSON.stringify(failed), 'canary');
  }
});

test('redirects are followed to their end, and not for ever', async ({ folder, url }) => {
  const got = await download(`${url}/hop/3`, folder, { send, signal });
  assert.is(got.ok && readFileSync(got.value.path, 'utf8'), 'hello world');
  const endless = await download(`${url}/hop/30`, folder, { send, signal });
  assert.match(JSON.stringify(endless), 'it leads on more than 20 times');
  const away = await download(`${url}/away`, folder, { send, signal });
  assert.match(JSON.stringify(away), 'it leads to what is no http or https URL');
});

test('a file behind a proxy, and one that needs none', async ({ folder, port }) => {
  const proxy = await startProxy(port);
  try {
    const byProxy = createHttpClient({}, proxiesOf({ HTTP_PROXY: proxy.url, NO_PROXY: 'near.example' }));
    const got = await download('http://files.example/a/b.txt', folder, { send: byProxy, signal });
    assert.is(got.ok && readFileSync(got.value.path, 'utf8'), 'hello world', JSON.stringify(got));
    const again = await download('http://files.example:81/hop/1', folder, { send: byProxy, signal });
    assert.ok(again.ok);
    const near = await download('http://near.example/b', folder, { send: byProxy, signal });
    assert.is(near.ok, false, 'no such host');
    const here = await download(`http://127.0.0.1:${port}/b`, folder, { send: byProxy, signal });
    assert.ok(here.ok);
    assert.equal(proxy.requests, [
      'GET http://files.example/a/b.txt',
      'GET http://files.example:81/hop/1',
      'GET http://files.example:81/hop/0',
      'GET http://files.example:81/file',
    ]);
  } finally {
    await proxy.close();
  }
});

test('a proxy that does not let one through is told of, without its password', async ({ folder, port }) => {
  const proxy = await startProxy(port);
  try {
    const wrong = proxy.url.replace('canary-proxy', 'canary-wrong');
    const byProxy = createHttpClient({}, proxiesOf({ ALL_PROXY: wrong }));
    const secure = await download('https://files.example/b', folder, { send: byProxy, signal });
    assert.match(JSON.stringify(secure), 'the proxy does not lead to files.example: it answered 407');
    const plain = await download('http://files.example/b', folder, { send: byProxy, signal });
    assert.match(JSON.stringify(plain), 'the server answered 407');
    const gone = createHttpClient({}, proxiesOf({ ALL_PROXY: 'http://user:canary-wrong@127.0.0.1:1' }));
    const lost = await download('https://files.example/b', folder, { send: gone, signal });
    assert.match(JSON.stringify(lost), 'ECONNREFUSED');
    assert.not.match(JSON.stringify([secure, plain, lost]), 'canary');
  } finally {
    await proxy.close();
  }
});

test('what is no answer to all of it is no file, and redirects that lead nowhere are no trouble of the network', async ({
  folder,
  url,
}) => {
  for (const path of ['status/201', 'status/204', 'status/206', 'status/304', 'away', 'hop/21']) {
    const got = await download(`${url}/${path}`, folder, { send, signal });
    assert.is(!got.ok && got.error.reason, 'fetch-failed', path);
  }
  assert.equal(readdirSync(folder), []);
});

test.run();
