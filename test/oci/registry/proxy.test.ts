import { randomBytes } from 'node:crypto';
import * as assert from 'uvu/assert';
import { createEcrClients } from '../../../orchestrator/oci/ecr/clients.ts';
import { uploadBlob } from '../../../orchestrator/oci/push/upload.ts';
import { blobOf } from '../../../orchestrator/oci/registry/body.ts';
import { proxiesOf } from '../../../orchestrator/tool/http/proxy.ts';
import { startProxy } from '../../rig/proxy.ts';
import { suite } from '../../rig/suite.ts';
import { closeFakes, fakeRegistry } from './fake-registry.ts';
import { memoryRegistry } from './memory-registry.ts';
import { openTestRegistry, unwrap } from './rig.ts';

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
