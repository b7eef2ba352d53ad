import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as assert from 'uvu/assert';
import { openConfig } from '../../../orchestrator/tool/kubernetes/open-config.ts';
import { type ClusterView, viewCluster } from '../../../orchestrator/tool/kubernetes/view.ts';
import { suite } from '../../rig/suite.ts';

interface Context {
  folder: string;
  /** By path with its query: a status, and what is sent. */
  answers: Map<string, readonly [number, unknown]>;
  view: ClusterView;
}

const test = suite<Context>("a cluster's API");

test.before.each(async (context, defer) => {
  context.folder = mkdtempSync(join(tmpdir(), 'view-'));
  defer(() => rmSync(context.folder, { recursive: true }));
  context.answers = new Map();
  const server = createServer((request, response) => {
    const [status, body] = context.answers.get(request.url ?? '') ?? [404, { kind: 'Status' }];
    response.writeHead(status, { 'content-type': 'application/json' });
    response.end(JSON.stringify(body));
  });
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
  defer(() => server.close());
  const file = join(context.folder, 'config');
  const port = (server.address() as AddressInfo).port;
  writeFileSync(file, kubeconfig('one', `http://127.0.0.1:${port}`));
  const opened = openConfig({}, { env: { KUBECONFIG: file }, accountHome: undefined });
  assert.ok(opened.ok);
  context.view = viewCluster(opened.value.config);
});

function kubeconfig(name: string, server: string): string {
  return JSON.stringify({
    ...{ apiVersion: 'v1', kind: 'Config', 'current-context': name, users: [{ name, user: {} }] },
    contexts: [{ name, context: { cluster: name, user: name } }],
    clusters: [{ name, cluster: { server, 'insecure-skip-tls-verify': true } }],
  });
}

test('lists come in pages, and are one', async ({ view, answers }) => {
  const pod = (name: string) => ({ metadata: { name } });
  const list = (items: readonly object[], next?: string) =>
    [200, { kind: 'PodList', apiVersion: 'v1', metadata: { continue: next }, items }] as const;
  answers.set('/api/v1/pods?limit=500', list([pod('a'), pod('b')], 'rest'));
  answers.set('/api/v1/pods?continue=rest&limit=500', list([pod('c')]));
  const pods = await view.pods();
  assert.ok(pods.ok, JSON.stringify(pods));
  assert.equal(
    pods.value.map(({ metadata }) => metadata?.name),
    ['a', 'b', 'c'],
  );
});

test('what is refused is told in its words; what is not there is undefined', async ({ view, answers }) => {
  const message = 'nodes is forbidden: User "guest" cannot list resource "nodes"';
  answers.set('/api/v1/nodes?limit=500', [403, { kind: 'Status', message }]);
  const nodes = await view.nodes();
  assert.ok(!nodes.ok && nodes.error.reason === 'cluster');
  assert.equal(
    [nodes.error.what, nodes.error.detail, nodes.error.isPassing],
    ['listing its nodes', `it answers 403: ${message}`, false],
  );
  const service = await view.serviceAddress('default', 'kubernetes');
  assert.equal(service, { ok: true, value: undefined });
});

test.run();
