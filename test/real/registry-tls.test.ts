import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as assert from 'uvu/assert';
import { describeFailure } from '../../orchestrator/core/describe-failure.ts';
import type { Failure } from '../../orchestrator/core/failure.ts';
import { readImageTree } from '../../orchestrator/oci/image/image-tree.ts';
import { planPush } from '../../orchestrator/oci/push/plan.ts';
import { pushImages } from '../../orchestrator/oci/push/push.ts';
import { stageReferrers } from '../../orchestrator/oci/push/stage-referrers.ts';
import { readRegistryState } from '../../orchestrator/oci/push/state.ts';
import { listReferrers, listTags } from '../../orchestrator/oci/registry/lists.ts';
import { ping } from '../../orchestrator/oci/registry/manifests.ts';
import type { HostTls } from '../../orchestrator/tool/http/http-client.ts';
import { proxiesOf } from '../../orchestrator/tool/http/proxy.ts';
import { failureOf, openTestRegistry, unwrap } from '../oci/registry/rig.ts';
import { type Certificates, makeCertificates } from '../rig/certificates.ts';
import { type DockerRegistry, startDockerRegistry } from '../rig/docker-registry.ts';
import { writeImageLayout } from '../rig/image-layout.ts';
import { startProxy } from '../rig/proxy.ts';
import { skopeo } from '../rig/skopeo.ts';
import { suite } from '../rig/suite.ts';

const login = { username: 'robot', password: 'canary-7d1f55' };

const test = suite<{ folder: string; server: DockerRegistry; certificates: Certificates }>(
  'a registry with TLS',
);

test.before(async (context, defer) => {
  context.folder = mkdtempSync(join(tmpdir(), 'registry-tls-'));
  defer(() => rmSync(context.folder, { recursive: true }));
  context.certificates = makeCertificates(join(context.folder, 'certificates'));
  const { cert, key } = context.certificates.server;
  const tls = { certificate: cert, key };
  context.server = await startDockerRegistry({ folder: join(context.folder, 'registry'), login, tls });
  defer(() => context.server.kill());
});

function trusting(host: string, { ca }: Certificates): { readonly tls: Readonly<Record<string, HostTls>> } {
  return { tls: { [host]: { ca: readFileSync(ca, 'utf8') } } };
}

function told(failure: Failure): string {
  assert.not.match(JSON.stringify(failure), login.password);
  return describeFailure(failure);
}

test('an image goes in with the password and the authority, and another client sees it', async (context) => {
  const { folder, server, certificates } = context;
  const { registry, sent } = openTestRegistry(server.host, {
    login,
    insecure: 'never',
    ...trusting(server.host, certificates),
  });
  writeImageLayout(join(folder, 'image'), { layers: [[{ path: 'pause', content: 'x' }]] });
  const tree = unwrap(await readImageTree(join(folder, 'image')));
  const images = [{ repository: 'eks/pause', tags: ['3.9', '3.9-eks-1-30-5'], tree, unverified: [] }];
  const state = unwrap(await readRegistryState(registry, images));
  const plan = planPush(server.host, images, state, { overwrite: false });
  unwrap(await pushImages(registry, plan, images));
  const creds = ['--tls-verify=false', '--creds', `${login.username}:${login.password}`];
  const inspected = JSON.parse(skopeo('inspect', ...creds, `docker://${server.host}/eks/pause:3.9`));
  assert.is(inspected.Digest, tree.descriptor.digest);
  assert.equal([...unwrap(await listTags(registry, 'eks/pause'))].sort(), ['3.9', '3.9-eks-1-30-5']);
  assert.not.match(JSON.stringify(sent), login.password);
});

test('a statement about an image is found by the fallback tag, once', async ({ server, certificates }) => {
  const { registry } = openTestRegistry(server.host, {
    login,
    insecure: 'never',
    ...trusting(server.host, certificates),
  });
  const [subject] = JSON.parse(
    readFileSync(join(server.folder, '..', 'image', 'index.json'), 'utf8'),
  ).manifests;
  const artifactType = 'application/vnd.in-toto+json';
  const said = async (...texts: readonly string[]) => {
    const referrers = texts.map((text) => {
      return { artifactType, blob: { mediaType: artifactType, bytes: Buffer.from(text) } };
    });
    const before = unwrap(await listReferrers(registry, 'eks/pause', subject.digest));
    return unwrap(
      await unwrap(await stageReferrers(registry, 'eks/pause', subject, referrers, before)).attach(),
    );
  };
  const [first = ''] = await said('{"first":1}');
  const [, second = ''] = await said('{"first":1}', '{"second":2}');
  const writes = () => server.requests().filter(({ method }) => method === 'PUT' || method === 'POST').length;
  const before = writes();
  assert.equal(await said('{"first":1}'), [first]);
  assert.is(writes(), before);
  const found = unwrap(await listReferrers(registry, 'eks/pause', subject.digest));
  assert.is(found.kept, 'tag');
  assert.equal(
    found.manifests.map(({ digest, artifactType: type }) => [digest, type]),
    [
      [first, artifactType],
      [second, artifactType],
    ],
  );
  const name = `docker://${server.host}/eks/pause@${first}`;
  const creds = ['--tls-verify=false', '--creds', `${login.username}:${login.password}`];
  const raw = JSON.parse(skopeo('inspect', '--raw', ...creds, name));
  assert.is(raw.subject.digest, subject.digest);
});

test('a wrong password, none, an unknown authority and plain http are told apart', async ({
  server,
  certificates,
}) => {
  const trusted = trusting(server.host, certificates);
  const wrong = openTestRegistry(server.host, {
    login: { ...login, password: `${login.password}-wrong` },
    insecure: 'never',
    ...trusted,
  });
  assert.match(told(failureOf(await ping(wrong.registry))), /answered 401 .*\(UNAUTHORIZED.*docker login/s);
  assert.equal(wrong.waits, []);
  const none = openTestRegistry(server.host, { insecure: 'never', ...trusted });
  assert.match(told(failureOf(await ping(none.registry))), 'answered 401');
  const untrusting = openTestRegistry(server.host, { login, insecure: 'never' });
  assert.match(
    told(failureOf(await ping(untrusting.registry))),
    /certificate that is not trusted.*registries.*ca/s,
  );
  assert.equal(untrusting.waits, []);
  const plain = openTestRegistry(server.host, { login, insecure: 'loopback' });
  assert.match(told(failureOf(await ping(plain.registry))), 'It speaks TLS: leave out --insecure');
});

test('a registry that wants certificates of its clients gets that of the settings', async (context) => {
  const { folder, certificates } = context;
  const { server: own, client, ca } = certificates;
  const tls = { certificate: own.cert, key: own.key, clientcas: [ca] };
  const server = await startDockerRegistry({ folder: join(folder, 'mutual'), tls });
  const trusted = trusting(server.host, certificates);
  const [cert, key] = [client.cert, client.key].map((path) => readFileSync(path, 'utf8')) as [string, string];
  const known = { tls: { [server.host]: { ...trusted.tls[server.host], cert, key } } };
  unwrap(await ping(openTestRegistry(server.host, { insecure: 'never', ...known }).registry));
  const unknown = openTestRegistry(server.host, { insecure: 'never', ...trusted });
  assert.match(
    told(failureOf(await ping(unknown.registry))),
    /wants a certificate of its clients.*cert and key/s,
  );
  await server.kill();
});

test('a registry that speaks plain http is not asked with a password where TLS is wanted', async ({
  folder,
}) => {
  const server = await startDockerRegistry({ folder: join(folder, 'plain') });
  const { registry } = openTestRegistry(server.host, { login, insecure: 'never' });
  assert.match(told(failureOf(await ping(registry))), 'does not speak TLS');
  await server.kill();
});

test('through a proxy that only connects, both sides show their certificates to each other', async ({
  certificates,
}) => {
  const { ca, server: own, client } = certificates;
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
  }
});

test.run();
