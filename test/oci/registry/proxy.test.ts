import { randomBytes } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as assert from 'uvu/assert';
import { createEcrClients } from '../../../orchestrator/oci/ecr/clients.ts';
import { uploadBlob } from '../../../orchestrator/oci/push/upload.ts';
import { blobOf } from '../../../orchestrator/oci/registry/body.ts';
import { ping } from '../../../orchestrator/oci/registry/manifests.ts';
import { proxiesOf } from '../../../orchestrator/tool/http/proxy.ts';
import { makeCertificates } from '../../rig/certificates.ts';
import { startProxy } from '../../rig/proxy.ts';
import { suite } from '../../rig/suite.ts';
import { closeFakes, fakeRegistry } from './fake-registry.ts';
import { memoryRegistry } from './memory-registry.ts';
import { failureOf, openTestRegistry, unwrap } from './rig.ts';

const test = suite('registries behind a proxy');
test.after.each(closeFakes);

const portOf = (host: string): number => Number(host.split(':')[1]);

test('what is uploaded goes by the proxy', async () => {
  const server = await memoryRegistry();
  const proxy = await startProxy(portOf(server.host));
  try {
    const findProxy = proxiesOf({ HTTP_PROXY: proxy.url });
    const { registry } = openTestRegistry('registry.example', { insecure: 'anywhere', findProxy });
    const blob = blobOf(randomBytes(3_000_000));
    assert.is(unwrap(await uploadBlob(registry, 'a/b', blob)), 'uploaded');
    assert.ok(server.content.has(`a/b@${blob.digest}`));
    assert.equal(
      proxy.requests.map((each) => each.replace(/\?.*/, '')),
      [
        'POST http://registry.example/v2/a/b/blobs/uploads/',
        'PUT http://registry.example/v2/a/b/blobs/uploads/1',
      ],
    );
  } finally {
    await proxy.close();
  }
});

test('through TLS the proxy only connects: both sides show their certificates to each other', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'proxy-'));
  const { ca, server: own, client } = makeCertificates(folder);
  const read = (file: string): string => readFileSync(file, 'utf8');
  const server = createServer(
    { cert: read(own.cert), key: read(own.key), ca: read(ca), requestCert: true, rejectUnauthorized: true },
    (_, answer) => answer.end('{}'),
  );
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  const proxy = await startProxy((server.address() as AddressInfo).port);
  const findProxy = proxiesOf({ https_proxy: proxy.url });
  const trust = { ca: read(ca), cert: read(client.cert), key: read(client.key) };
  try {
    const tls = { 'registry.example': trust };
    const { registry } = openTestRegistry('registry.example', { insecure: 'never', findProxy, tls });
    unwrap(await ping(registry));
    unwrap(await ping(registry));
    assert.equal(proxy.requests, ['CONNECT registry.example:443'], 'one connection serves both');
    const { registry: strange } = openTestRegistry('registry.example', { insecure: 'never', findProxy });
    assert.match(JSON.stringify(failureOf(await ping(strange))), 'a certificate that is not trusted');
  } finally {
    await proxy.close();
    server.closeAllConnections();
    server.close();
    rmSync(folder, { recursive: true });
  }
});

test('AWS is asked by the proxy', async () => {
  const server = await fakeRegistry(() => ({
    status: 200,
    headers: { 'content-type': 'application/x-amz-json-1.1' },
    body: Buffer.from('{"repositories": []}'),
  }));
  const proxy = await startProxy(portOf(server.host));
  try {
    const { ecr } = createEcrClients({
      env: { AWS_ACCESS_KEY_ID: 'id', AWS_SECRET_ACCESS_KEY: 'secret-key' },
      endpoints: { ecr: 'http://ecr.{region}.example' },
      findProxy: proxiesOf({ ALL_PROXY: proxy.url }),
      signal: new AbortController().signal,
    });
    const host = { host: 'x', account: '1', region: 'eu-west-1' } as Parameters<typeof ecr>[0];
    const asked = await ecr(host, 'looking', (client, options) => client.describeRepositories({}, options));
    assert.equal(unwrap(asked).repositories, []);
    assert.equal(proxy.requests, ['POST http://ecr.eu-west-1.example/']);
  } finally {
    await proxy.close();
  }
});

test.run();
