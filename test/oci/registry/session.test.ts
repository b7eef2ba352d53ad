import * as assert from 'uvu/assert';
import { ok } from '../../../orchestrator/core/result.ts';
import { identityTokenUser, type Login } from '../../../orchestrator/oci/registry/credentials.ts';
import { headManifest, ping } from '../../../orchestrator/oci/registry/manifests.ts';
import { tokenRequest } from '../../../orchestrator/oci/registry/token.ts';
import { suite } from '../../rig/suite.ts';
import { type Asked, closeFakes, type FakeAnswer, fakeRegistry } from './fake-registry.ts';
import { failureOf, openTestRegistry, unwrap } from './rig.ts';

const test = suite('a session with a registry');
test.after.each(closeFakes);

const digest = `sha256:${'a'.repeat(64)}` as const;
const login = { username: 'robot', password: 'canary-password' };
const found: FakeAnswer = { status: 200, headers: { 'docker-content-digest': digest } };

/** Wants a token for what is asked; `/token` gives `t1`, `t2`... */
function bearerRegistry(
  options: { life?: number; refuses?: (token: string) => boolean; status?: number } = {},
) {
  let tokens = 0;
  return fakeRegistry((asked, host) => {
    if (asked.path.startsWith('/token')) {
      tokens += 1;
      const answer = { token: `t${tokens}`, expires_in: options.life ?? 300 };
      return { status: options.status ?? 200, body: JSON.stringify(answer) };
    }
    const token = /^Bearer (.*)$/.exec(asked.headers.authorization ?? '')?.[1];
    if (token !== undefined && !options.refuses?.(token)) return found;
    const realm = `Bearer realm="http://${host}/token",service="fake",scope="repository:other:pull"`;
    return { status: 401, headers: { 'www-authenticate': realm } };
  });
}

function tokenRequests(asked: readonly Asked[]): readonly Asked[] {
  return asked.filter(({ path }) => path.startsWith('/token'));
}

test('a token is had for each repository, with the login, and kept', async () => {
  const server = await bearerRegistry();
  const { registry, sent } = openTestRegistry(server.host, { login });
  for (const repository of ['a', 'a', 'b', 'a']) unwrap(await headManifest(registry, repository, 'x'));
  const tokens = tokenRequests(server.asked);
  assert.equal(
    tokens.map(({ path }) => path),
    ['a', 'b'].map((name) => `/token?service=fake&scope=repository%3A${name}%3Apull`),
  );
  const basic = `Basic ${Buffer.from('robot:canary-password').toString('base64')}`;
  assert.equal([...new Set(tokens.map(({ headers }) => headers.authorization))], [basic]);
  assert.equal(
    server.asked.filter(({ path }) => path.startsWith('/v2')).map(({ headers }) => headers.authorization),
    [undefined, 'Bearer t1', 'Bearer t1', 'Bearer t2', 'Bearer t1'],
  );
  assert.equal(sent.filter(({ kind }) => kind === 'token').length, 2);
  assert.not.match(JSON.stringify(sent), 'canary');
});

test('a token that is refused, or whose time is over, is had anew', async () => {
  let isRevoked = false;
  const revoking = await bearerRegistry({ refuses: (token) => isRevoked && token === 't1' });
  const first = openTestRegistry(revoking.host);
  unwrap(await headManifest(first.registry, 'a', 'x'));
  isRevoked = true;
  unwrap(await headManifest(first.registry, 'a', 'x'));
  assert.is(tokenRequests(revoking.asked).length, 2);

  let now = 1000;
  const ending = await bearerRegistry({ life: 60 });
  const clock = { now: () => now, random: () => 0, wait: async () => {} };
  const second = openTestRegistry(ending.host, { clock });
  for (const seconds of [0, 40, 20]) {
    now += seconds * 1000;
    unwrap(await headManifest(second.registry, 'a', 'x'));
  }
  assert.is(tokenRequests(ending.asked).length, 2);
  assert.equal(ending.asked.at(-1)?.headers.authorization, 'Bearer t2');
});

test('a login that is refused is asked for once more, and then told, without it', async () => {
  const server = await bearerRegistry({ status: 401 });
  let asked = 0;
  const credentials = async () => {
    asked += 1;
    return ok(login);
  };
  const { registry, waits } = openTestRegistry(server.host, { credentials });
  const failure = failureOf(await ping(registry));
  assert.is(asked, 2);
  assert.equal(waits, []);
  assert.match(JSON.stringify(failure), `asking http://${server.host}/token for a token`);
  assert.not.match(JSON.stringify(failure), 'canary');
});

test('an identity token is sent as one', async () => {
  const server = await bearerRegistry();
  const identity: Login = { username: identityTokenUser, password: 'canary-identity' };
  const { registry } = openTestRegistry(server.host, { login: identity });
  unwrap(await headManifest(registry, 'a', 'x'));
  const [token] = tokenRequests(server.asked);
  assert.is(token?.method, 'POST');
  assert.is(token?.headers.authorization, undefined);
  const form = new URLSearchParams(token?.body.toString());
  assert.is(form.get('refresh_token'), 'canary-identity');
  assert.is(form.get('scope'), 'repository:a:pull');
});

test('a registry with TLS does not get its password sent in plain http', () => {
  const challenge = {
    type: 'bearer',
    realm: 'http://auth.example.com/',
    service: undefined,
    scope: undefined,
  } as const;
  const request = (url: string) => tokenRequest(challenge, [], login, new URL(url));
  assert.match(
    JSON.stringify(failureOf(request('https://registry.example.com/v2/'))),
    'It must be an https URL',
  );
  assert.ok(request('http://localhost/v2/').ok);
});

test('the login goes along within the host, and to no other that is redirected to', async () => {
  const other = await fakeRegistry(() => found);
  const server = await fakeRegistry(({ path, headers }, host) => {
    if (headers.authorization === undefined)
      return { status: 401, headers: { 'www-authenticate': 'Basic realm="x"' } };
    if (path.includes('/manifests/far'))
      return { status: 307, headers: { location: `http://${other.host}/blob?sig=1` } };
    if (path.includes('/manifests/near'))
      return { status: 307, headers: { location: `http://${host}/near` } };
    return found;
  });
  const { registry, sent } = openTestRegistry(server.host, { login });
  unwrap(await headManifest(registry, 'a', 'near'));
  unwrap(await headManifest(registry, 'a', 'far'));
  assert.match(server.asked.find(({ path }) => path === '/near')?.headers.authorization ?? '', /^Basic /);
  assert.equal(
    other.asked.map(({ headers }) => headers.authorization),
    [undefined],
  );
  assert.equal(sent.filter(({ host }) => host === other.host).length, 1);
});

test('a host that is redirected to gets no login by asking for one', async () => {
  const other = await bearerRegistry();
  const server = await fakeRegistry(() => ({ status: 302, headers: { location: `http://${other.host}/x` } }));
  const { registry } = openTestRegistry(server.host, { login });
  failureOf(await headManifest(registry, 'a', 'x'));
  assert.equal(other.lines(), ['HEAD /x']);
});

test('a circle of redirects ends', async () => {
  const server = await fakeRegistry((_, host) => ({
    status: 302,
    headers: { location: `http://${host}/x` },
  }));
  const { registry } = openTestRegistry(server.host);
  assert.match(JSON.stringify(failureOf(await ping(registry))), 'answered 302');
  assert.is(server.asked.length, 6);
});

test('what a registry says back of a secret is not shown', async () => {
  const server = await fakeRegistry(({ headers }) => {
    if (headers.authorization === undefined)
      return { status: 401, headers: { 'www-authenticate': 'Basic realm="x"' } };
    const message = `not you, canary-password\u001b[31m, not ${headers.authorization}`;
    return { status: 403, body: JSON.stringify({ errors: [{ code: 'DENIED', message }] }) };
  });
  const { registry, sent } = openTestRegistry(server.host, { login });
  const failure = failureOf(await ping(registry));
  const secret = Buffer.from('robot:canary-password').toString('base64');
  assert.match(JSON.stringify(failure), 'DENIED: not you, (withheld)\\\\u001b[31m, not Basic (withheld)');
  assert.not.match(JSON.stringify([failure, sent]), new RegExp(`canary|${secret}`));
});

test('what the network or the server did wrong is tried again, as late as the server says', async () => {
  const answers: (FakeAnswer | 'break')[] = [
    { status: 429, headers: { 'retry-after': '7' } },
    { status: 503 },
    'break',
    { status: 502 },
    { status: 200 },
  ];
  const server = await fakeRegistry(() => answers.shift() ?? 'break');
  const { registry, waits, sent } = openTestRegistry(server.host);
  unwrap(await ping(registry));
  assert.equal(waits, [7000, 1500, 4500, 13_500]);
  assert.equal(
    sent.map(({ status }) => status),
    [429, 503, undefined, 502, 200],
  );
  const failure = failureOf(await ping(registry));
  assert.is(failure.reason, 'network');
  assert.is(server.asked.length, 10);
});

test('what the registry refuses is not tried again, nor what it wants tried in an hour', async () => {
  for (const status of [400, 403, 404, 501]) {
    const server = await fakeRegistry(() => ({ status }));
    const { registry } = openTestRegistry(server.host);
    const isUsers = status === 403 || status === 404;
    assert.is(failureOf(await ping(registry)).reason, isUsers ? 'usage' : 'fetch-failed');
    assert.is(server.asked.length, 1);
  }
  const server = await fakeRegistry(() => ({ status: 429, headers: { 'retry-after': '3600' } }));
  const { registry, waits } = openTestRegistry(server.host);
  const limited = failureOf(await ping(registry));
  assert.ok(limited.reason === 'rate-limited');
  assert.equal([limited.by, limited.seconds], [server.host, 3600]);
  assert.equal(waits, []);
});

test('an interruption ends a request, and a wait', async () => {
  const controller = new AbortController();
  const server = await fakeRegistry(() => ({ status: 503 }));
  const clock = { now: Date.now, random: () => 0, wait: async () => controller.abort() };
  const { registry } = openTestRegistry(server.host, { clock, signal: controller.signal });
  assert.is(failureOf(await ping(registry)).reason, 'aborted');
  assert.is(server.asked.length, 1);
  assert.is(failureOf(await ping(registry)).reason, 'aborted');
});

test.run();
