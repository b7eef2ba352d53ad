import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { download } from '../../orchestrator/tool/download.ts';

test('a file that is larger than it may be is not kept, whether its length was told or not', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'download-'));
  const server = createServer((request, response) => {
    if (request.url === '/told') response.setHeader('content-length', 11);
    response.write('hello ');
    response.end('world');
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const { signal } = new AbortController();
  for (const path of ['told', 'untold']) {
    const got = await download(`${url}/${path}`, folder, { signal, limit: 10 });
    assert.match(JSON.stringify(got), 'It has more than 10 bytes');
  }
  assert.equal(readdirSync(folder), []);
  const got = await download(`${url}/untold`, folder, { signal, limit: 11 });
  assert.is(got.ok && got.value.size, 11);
  server.closeAllConnections();
  server.close();
  rmSync(folder, { recursive: true });
});

test.run();
