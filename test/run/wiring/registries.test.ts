import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as assert from 'uvu/assert';
import type { Host } from '../../../orchestrator/host.ts';
import { ping } from '../../../orchestrator/oci/registry/manifests.ts';
import { openRegistries } from '../../../orchestrator/run/wiring/registries.ts';
import { noIsolation } from '../../../orchestrator/tool/process/isolation.ts';
import { createRunProcess } from '../../../orchestrator/tool/process/run-process.ts';
import type { Workspace } from '../../../orchestrator/workspace/workspace.ts';
import { type Asked, closeFakes, type FakeRegistry, fakeRegistry } from '../../oci/registry/fake-registry.ts';
import { failureOf, unwrap } from '../../oci/registry/rig.ts';
import { testHost } from '../../rig/host.ts';
import { suite } from '../../rig/suite.ts';

const test = suite<{ folder: string; server: FakeRegistry }>(
  'registries as the settings and docker have them',
);
test.before.each(async (context) => {
  context.folder = mkdtempSync(join(tmpdir(), 'registries-'));
  context.server = await fakeRegistry(demanding);
});
test.after.each(({ folder }) => {
  closeFakes();
  rmSync(folder, { recursive: true });
});

/** Lets in whoever signs in, whatever as. */
function demanding({ headers }: Asked) {
  return headers.authorization === undefined
    ? { status: 401, headers: { 'www-authenticate': 'Basic realm="r"' } }
    : { status: 200 };
}

interface Given {
  readonly env?: Readonly<Record<string, string>>;
  readonly accountHome?: string;
  readonly registries?: Workspace['registries'];
}

function opener(folder: string, server: FakeRegistry, given: Given = {}) {
  const workspace = {
    ecr: {},
    registries: given.registries ?? { [server.host]: { insecure: 'loopback' } },
  } as Workspace;
  const host: Host = testHost({
    ...{ cwd: folder, packageFolder: folder, accountHome: given.accountHome ?? join(folder, 'account') },
    env: { HOME: folder, ...given.env },
  });
  const run = createRunProcess({ isolation: noIsolation, now: Date.now });
  return openRegistries(workspace, run, host, { pushes: false });
}

function login(folder: string, host: string, user: string): void {
  mkdirSync(folder, { recursive: true });
  const auth = Buffer.from(`${user}:secret`).toString('base64');
  writeFileSync(join(folder, 'config.json'), JSON.stringify({ auths: { [host]: { auth } } }));
}

/** Who the last request came from. */
function whoAsked(server: FakeRegistry): string {
  const [, coded = ''] = server.asked.at(-1)?.headers.authorization?.split(' ') ?? [];
  return Buffer.from(coded, 'base64').toString('utf8').split(':')[0] ?? '';
}

test("docker's logins: at home, or where DOCKER_CONFIG says, from the folder that the command runs in", async ({
  folder,
  server,
}) => {
  login(join(folder, '.docker'), server.host, 'home');
  login(join(folder, 'elsewhere'), server.host, 'elsewhere');
  login(join(folder, 'account', '.docker'), server.host, 'account');
  login(folder, server.host, 'whoever made the current folder');
  const places: readonly (readonly [Readonly<Record<string, string>>, string])[] = [
    [{}, 'home'],
    [{ DOCKER_CONFIG: '' }, 'home'],
    [{ HOME: '' }, 'account'],
    [{ HOME: 'elsewhere', DOCKER_CONFIG: '' }, 'account'],
    [{ DOCKER_CONFIG: join(folder, 'elsewhere') }, 'elsewhere'],
    [{ DOCKER_CONFIG: 'elsewhere' }, 'elsewhere'],
  ];
  for (const [env, user] of places) {
    const registry = unwrap(await opener(folder, server, { env }).open(server.host));
    unwrap(await ping(registry));
    assert.is(whoAsked(server), user);
  }
});

test('who has no home has no logins, whatever lies in the current folder', async ({ folder, server }) => {
  for (const place of [folder, join(folder, '.docker')]) login(place, server.host, 'another');
  const registry = unwrap(
    await opener(folder, server, { env: { HOME: '' }, accountHome: '' }).open(server.host),
  );
  assert.is(failureOf(await ping(registry)).reason, 'usage');
  assert.is(whoAsked(server), '');
});

test("docker's credential helpers are programs of the user's PATH", async ({ folder, server }) => {
  mkdirSync(join(folder, '.docker'));
  writeFileSync(join(folder, '.docker', 'config.json'), JSON.stringify({ credsStore: 'mine' }));
  const helper = join(folder, 'docker-credential-mine');
  writeFileSync(helper, '#!/bin/sh\necho \'{"Username":"helped","Secret":"secret"}\'\n');
  chmodSync(helper, 0o755);
  const env = { PATH: `${folder}:/usr/bin:/bin` };
  unwrap(await ping(unwrap(await opener(folder, server, { env }).open(server.host))));
  assert.is(whoAsked(server), 'helped');
});

test('plain http only as the settings, or else the command line, say', async ({ folder, server }) => {
  const protocols = async (registries: Workspace['registries'], insecure?: 'loopback' | 'anywhere') => {
    const all = opener(folder, server, { registries });
    const names = [server.host, 'registry.example.com'];
    const opened = names.map((name) => all.open(name, insecure === undefined ? {} : { insecure }));
    return (await Promise.all(opened)).map((each) => unwrap(each).api.protocol);
  };
  const settings = { [server.host]: { insecure: 'loopback' as const } };
  assert.equal(await protocols({}), ['https:', 'https:']);
  assert.equal(await protocols(settings), ['http:', 'https:']);
  assert.equal(await protocols({ 'registry.example.com': { insecure: 'loopback' } }), ['https:', 'https:']);
  assert.equal(await protocols({ 'registry.example.com': { insecure: 'anywhere' } }), ['https:', 'http:']);
  assert.equal(await protocols({}, 'loopback'), ['http:', 'https:']);
  assert.equal(await protocols({}, 'anywhere'), ['http:', 'http:']);
});

test('what was sent can be counted', async ({ folder, server }) => {
  const sent: string[] = [];
  login(join(folder, '.docker'), server.host, 'home');
  const registry = await opener(folder, server).open(server.host, {
    onRequest: ({ kind, status }) => sent.push(`${kind} ${status}`),
  });
  unwrap(await ping(unwrap(registry)));
  assert.equal(sent.at(-1), 'ping 200');
});

test('a file that the settings name and nobody can read', async ({ folder, server }) => {
  const registries = { [server.host]: { ca: join(folder, 'lost.pem') } };
  const failure = failureOf(await opener(folder, server, { registries }).open(server.host));
  assert.equal(failure, {
    reason: 'usage',
    message: `Cannot read ${join(folder, 'lost.pem')}, the ca of the registry ${server.host}.`,
    help: 'See "registries" in the settings: it names a file in PEM.',
  });
});

test.run();
