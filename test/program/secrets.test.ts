import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as assert from 'uvu/assert';
import { newCredentials } from '../../orchestrator/core/credentials.ts';
import { canary, checkNothing, configure, type GuardedWorld, guardedWorld } from '../rig/guarded-world.ts';
import { suite } from '../rig/suite.ts';
import { release } from '../rig/world-content.ts';

const test = suite<GuardedWorld>('secrets in settings');

test.before.each(async (context, defer) => void Object.assign(context, await guardedWorld(defer)));

test('who has them gets what is there, and nothing that is said, kept or run has them', async (context) => {
  const { world } = context;
  configure(context, canary);
  const imported = await world.run(['import', release]);
  assert.is(imported.code, 0, imported.stderr);
  const verified = await world.run(['verify', release]);
  const ran = [imported, verified];
  for (const words of [
    ['plan', release],
    ['plan', release, '--commands'],
    ['plan', release, '--json'],
    ['releases'],
    ['doctor'],
    ['explain', release],
  ])
    ran.push(await world.run(words));
  assert.is(verified.code, 0, verified.stdout);
  assert.ok([...context.signedIn].some((path) => path.startsWith('/org/tool.git/')));
  const lock = readFileSync(join(world.root, 'releases', `${release}.lock.yaml`), 'utf8');
  assert.match(lock, `repository: http://${context.host}/org/tool.git`);
  checkNothing(context, ...ran.flatMap(({ stdout, stderr }) => [stdout, stderr]));
});

test('nor has a refusal, whatever the server says back', async (context) => {
  const { world } = context;
  configure(context, `${canary}wrong`);
  const ran = [
    await world.run(['import', release]),
    await world.run(['releases']),
    await world.run(['doctor']),
  ];
  assert.is.not(ran[0]?.code, 0);
  checkNothing(context, ...ran.flatMap(({ stdout, stderr }) => [stdout, stderr]));
});

test('nor has a complaint about the settings', async (context) => {
  const { world, host } = context;
  const url = `http://robot:${encodeURIComponent(canary)}@${host}/`;
  for (const text of [
    `upstrem: ${url}\n`,
    `sources: [${url}]\n`,
    `mirrors: { a: ${url}, a: ${url} }\n`,
    `images: { bases: { x: ${url} } }\n`,
    `upstream: "${url}\n`,
  ]) {
    writeFileSync(join(world.root, 'eksd-rebuild.yaml'), text);
    const ran = await world.run(['verify', release]);
    assert.is(ran.code, 2, text);
    checkNothing(context, ran.stdout, ran.stderr);
  }
});

test('a lock that has them is refused, and not quoted: 2', async (context) => {
  const { world } = context;
  configure(context, canary);
  assert.is((await world.run(['import', release])).code, 0);
  const file = join(world.root, 'releases', `${release}.lock.yaml`);
  const lock = readFileSync(file, 'utf8').replace('http://', `http://robot:${encodeURIComponent(canary)}@`);
  writeFileSync(file, lock);
  const ran = await world.run(['verify', release]);
  assert.is(ran.code, 2);
  assert.match(ran.stderr, 'holds a user name or a password');
  rmSync(file);
  checkNothing(context, ran.stdout, ran.stderr);
});

test('a proxy that cannot be reached is named without them', async (context) => {
  const { world } = context;
  configure(context, 'other');
  const proxy = `http://robot:${encodeURIComponent(canary)}@127.0.0.1:1`;
  const env = { ...world.host.env, http_proxy: proxy, https_proxy: proxy, HTTPS_PROXY: proxy };
  const ran = [await world.run(['import', release], { env }), await world.run(['doctor'], { env })];
  assert.is(ran[0]?.code, 4);
  checkNothing(context, ...ran.flatMap(({ stdout, stderr }) => [stdout, stderr]));
});

test('nor is what a server says back of what git and the environment have', async (context) => {
  const { world, host } = context;
  configure(context, canary);
  assert.is((await world.run(['import', release])).code, 0);
  writeFileSync(
    join(world.root, 'eksd-rebuild.yaml'),
    `upstream: http://${host}/upstream.git\nsources: http://${host}/{org}/{repo}.git\n`,
  );
  const wrong = `robot:${canary}wrong`;
  const header = `Authorization: Basic ${Buffer.from(wrong).toString('base64')}`;
  const proxy = `robot:${encodeURIComponent(`${canary}wrong`)}@${host}`;
  const more: Readonly<Record<string, string>>[] = [
    { GIT_CONFIG_COUNT: '1', GIT_CONFIG_KEY_0: 'http.extraHeader', GIT_CONFIG_VALUE_0: header },
    { GIT_CONFIG_COUNT: '1', GIT_CONFIG_KEY_0: 'http.proxy', GIT_CONFIG_VALUE_0: `http://${proxy}` },
    { http_proxy: `http://${proxy}`, no_proxy: '' },
    { http_proxy: proxy, no_proxy: '' },
  ];
  for (const each of more) {
    rmSync(world.cache, { recursive: true, force: true });
    const env = { ...world.host.env, ...each };
    const ran = [
      await world.run(['import', release], { env, credentials: newCredentials() }),
      await world.run(['verify', release], { env, credentials: newCredentials() }),
      await world.run(['doctor'], { env, credentials: newCredentials() }),
    ];
    const said = ran.flatMap(({ stdout, stderr }) => [stdout, stderr]);
    assert.match(said.join('\n'), /remote: not .*\*\*\*/, `${JSON.stringify(each)}: ${said.join()}`);
    checkNothing(context, ...said);
  }
});

test('a password where git would show it is refused', async (context) => {
  const { world, host } = context;
  for (const url of [
    `ssh://robot:${encodeURIComponent(canary)}@${host}/upstream.git`,
    `git+http://robot:${encodeURIComponent(canary)}@${host}/upstream.git`,
    `http://${host}/upstream.git?private_token=${encodeURIComponent(canary)}`,
  ]) {
    writeFileSync(join(world.root, 'eksd-rebuild.yaml'), `upstream: "${url}"\n`);
    const ran = await world.run(['import', release]);
    assert.is(ran.code, 2, url);
    assert.match(ran.stderr, /holds a password where (git has no|nothing has a) place for one/);
    checkNothing(context, ran.stdout, ran.stderr);
  }
});

test.run();
