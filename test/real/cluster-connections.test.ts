import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type RequestOptions } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as assert from 'uvu/assert';
import { type OpenedConfig, openConfig } from '../../orchestrator/tool/kubernetes/open-config.ts';
import { viewCluster } from '../../orchestrator/tool/kubernetes/view.ts';
import { type Certificates, makeCertificates } from '../rig/certificates.ts';
import { suite } from '../rig/suite.ts';

interface Context {
  folder: string;
  certificates: Certificates;
  url: string;
  connections: number;
}

const test = suite<Context>('connections to a cluster');

test.before((context, defer) => {
  context.folder = mkdtempSync(join(tmpdir(), 'connections-'));
  defer(() => rmSync(context.folder, { recursive: true }));
  context.certificates = makeCertificates(join(context.folder, 'certificates'));
});

test.before.each(async (context, defer) => {
  const { cert, key } = context.certificates.server;
  const server = createServer({ cert: readFileSync(cert), key: readFileSync(key) }, (_, response) => {
    response.writeHead(200, { 'content-type': 'application/json' });
    response.end(JSON.stringify({ gitVersion: 'v1.30.1' }));
  });
  context.connections = 0;
  server.on('secureConnection', () => (context.connections += 1));
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
  defer(() => {
    server.close();
    server.closeAllConnections();
  });
  context.url = `https://127.0.0.1:${(server.address() as AddressInfo).port}`;
});

/** @param more of the cluster, and of who asks. */
function open({ folder, url, certificates }: Context, more: object = {}, user: object = {}): OpenedConfig {
  const [file, name] = [join(folder, 'config'), 'one'];
  const cluster = { server: url, 'certificate-authority': certificates.ca, ...more };
  const config = {
    ...{ apiVersion: 'v1', kind: 'Config', 'current-context': name, users: [{ name, user }] },
    ...{ contexts: [{ name, context: { cluster: name, user: name } }], clusters: [{ name, cluster }] },
  };
  writeFileSync(file, JSON.stringify(config));
  const opened = openConfig({}, { env: { KUBECONFIG: file }, accountHome: undefined });
  assert.ok(opened.ok);
  return opened.value;
}

test('one serves request after request', async (context) => {
  const view = viewCluster(open(context).config);
  for (let request = 0; request < 3; request++)
    assert.equal(await view.version(), { ok: true, value: 'v1.30.1' });
  assert.is(context.connections, 1);
});

async function agentOf({ config }: OpenedConfig): Promise<RequestOptions['agent']> {
  const options: RequestOptions = {};
  await config.applyToHTTPSOptions(options);
  return options.agent;
}

test('who has another certificate by now has a connection of its own', async (context) => {
  const { cert, key } = context.certificates.client;
  const own = { 'client-certificate': join(context.folder, 'own.pem'), 'client-key': key };
  writeFileSync(own['client-certificate'], readFileSync(cert));
  const opened = open(context, {}, own);
  const first = await agentOf(opened);
  assert.is(await agentOf(opened), first);
  writeFileSync(own['client-certificate'], `${readFileSync(cert)}\n`);
  assert.is.not(await agentOf(opened), first);
});

test("a proxy's way stays the client's", async (context) => {
  const opened = open(context, { 'proxy-url': 'http://127.0.0.1:1' });
  assert.is((await agentOf(opened))?.constructor.name, 'HttpsProxyAgent');
});

test.run();
