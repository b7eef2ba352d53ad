import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import * as assert from 'uvu/assert';
import { newCredentials } from '../../orchestrator/core/credentials.ts';
import { suite } from '../rig/suite.ts';
import { newWorld, type World } from '../rig/world.ts';
import { release } from '../rig/world-content.ts';

/** With what URLs, headers and regular expressions would mind. */
const canary = 'canary+7/Q=z';
const forms = [canary, encodeURIComponent(canary), Buffer.from(`robot:${canary}`).toString('base64')];

interface Context {
  readonly world: World;
  readonly server: Server;
  readonly host: string;
  /** What the server saw of those who asked: their argv, by /proc. */
  readonly argvs: string[];
  readonly signedIn: Set<string>;
}

const test = suite<Context>('secrets in settings');

/** Serves the world's repositories as files, which git can clone (its "dumb" protocol), to who is signed in. */
test.before.each(async (context, defer) => {
  const world = await newWorld();
  const [argvs, signedIn] = [[] as string[], new Set<string>()];
  const wanted = `Basic ${Buffer.from(`robot:${canary}`).toString('base64')}`;
  const server = createServer((request, response) => {
    argvs.push(...processes());
    const path = new URL(request.url ?? '/', 'http://x').pathname;
    if (request.headers.authorization !== wanted) {
      // Git shows what is plain text.
      const told = [request.headers.authorization, request.headers['proxy-authorization']]
        .filter(Boolean)
        .join(' ');
      const headers = { 'www-authenticate': 'Basic realm="r"', 'content-type': 'text/plain' };
      const isProxied = /^http:/.test(request.url ?? '');
      if (isProxied) response.writeHead(407, { ...headers, 'proxy-authenticate': 'Basic realm="r"' });
      else response.writeHead(told === '' ? 401 : 403, headers);
      response.end(`not ${told}, which is ${Buffer.from(told.split(' ').at(-1) ?? '', 'base64').toString()}`);
      return;
    }
    signedIn.add(path);
    const file = join(world.folder, 'git', path);
    const isThere = existsSync(file) && !path.endsWith('/');
    response.writeHead(isThere ? 200 : 404);
    response.end(isThere ? readFileSync(file) : '');
  });
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
  defer(() => server.close());
  for (const name of ['upstream', 'org/tool', 'org/kit']) {
    execFileSync('git', ['--git-dir', join(world.folder, 'git', `${name}.git`), 'update-server-info']);
  }
  const host = `127.0.0.1:${(server.address() as AddressInfo).port}`;
  Object.assign(context, { world, server, host, argvs, signedIn });
  rmSync(world.cache, { recursive: true });
  rmSync(join(world.root, 'releases'), { recursive: true });
});

function processes(): readonly string[] {
  return readdirSync('/proc')
    .filter((name) => /^[0-9]+$/.test(name))
    .flatMap((pid) => {
      try {
        return [readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ')];
      } catch {
        return [];
      }
    });
}

/** All files below a folder that have one of some texts. */
function filesWith(folder: string, texts: readonly string[]): readonly string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .filter((file) => texts.some((text) => readFileSync(file).includes(text)));
}

function configure({ world, host }: Context, password: string): void {
  const at = `http://robot:${encodeURIComponent(password)}@${host}`;
  writeFileSync(
    join(world.root, 'eksd-rebuild.yaml'),
    `upstream: ${at}/upstream.git
buildTooling: ${at}/build-tooling.git
sources: ${at}/{org}/{repo}.git
`,
  );
}

function checkNothing(context: Context, ...said: readonly string[]): void {
  const { world, argvs } = context;
  for (const form of forms) {
    assert.not.ok(said.join('\n').includes(form), `${form} is said:\n${said.join('\n').slice(-2000)}`);
    assert.not.ok(
      argvs.some((argv) => argv.includes(form)),
      `${form} is in an argv`,
    );
  }
  const settings = join(world.root, 'eksd-rebuild.yaml');
  assert.equal(
    filesWith(world.folder, forms),
    filesWith(world.root, forms).includes(settings) ? [settings] : [],
  );
}

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
    assert.match(ran.stderr, 'holds a password where git has no place for one');
    checkNothing(context, ran.stdout, ran.stderr);
  }
});

test.run();
