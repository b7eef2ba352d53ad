import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { ECR } from '@aws-sdk/client-ecr';
import * as assert from 'uvu/assert';
import { openAws } from '../../../orchestrator/tool/aws/session.ts';
import { suite } from '../../rig/suite.ts';

const test = suite<{ endpoint: string }>('aws session');

test.before(async (context, defer) => {
  const server = createServer((_request, response) => {
    response.writeHead(200, { 'content-type': 'application/x-amz-json-1.1' });
    const timer = setInterval(() => response.write(' '), 20);
    response.on('close', () => clearInterval(timer));
  });
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
  defer(() => {
    server.closeAllConnections();
    server.close();
  });
  context.endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});

test('a service that sends a byte now and then is given up after the time of a call', async ({
  endpoint,
}) => {
  const env = { AWS_ACCESS_KEY_ID: 'one', AWS_SECRET_ACCESS_KEY: 'two' };
  const { signal } = new AbortController();
  const aws = openAws({ env, signal, section: 'ecr', policy: 'push --policy', callLimit: 500 });
  const client = new ECR({ ...aws.configuration, region: 'us-west-2', endpoint });
  const began = performance.now();
  const called = await aws.call('reading repositories', (options) =>
    client.describeRepositories({}, options),
  );
  assert.ok(performance.now() - began < 5000);
  if (called.ok) throw new Error('it answered');
  assert.is(called.error.reason, 'network');
  assert.match(JSON.stringify(called.error), 'no whole answer came within 0.5 seconds');
});

test.run();
