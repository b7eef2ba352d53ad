import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import * as assert from 'uvu/assert';
import type { Defer } from './suite.ts';
import { newWorld, type World } from './world.ts';

/** With what URLs, headers and regular expressions would mind. */
export const canary = 'canary+7/Q=z';
const forms = [canary, encodeURIComponent(canary), Buffer.from(`robot:${canary}`).toString('base64')];

/** A world whose repositories a server has, for who is signed in. */
export interface GuardedWorld {
  readonly world: World;
  readonly server: Server;
  readonly host: string;
  /** What the server saw of those who asked: their argv, by /proc. */
  readonly argvs: string[];
  readonly signedIn: Set<string>;
}

/** Serves a new world's repositories as files, which git can clone (its "dumb" protocol), to who is signed in. */
export async function guardedWorld(defer: Defer): Promise<GuardedWorld> {
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
  rmSync(world.cache, { recursive: true });
  rmSync(join(world.root, 'releases'), { recursive: true });
  return { world, server, host, argvs, signedIn };
}

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

/** Writes settings that have a password in every URL. */
export function configure({ world, host }: GuardedWorld, password: string): void {
  const at = `http://robot:${encodeURIComponent(password)}@${host}`;
  writeFileSync(
    join(world.root, 'eksd-rebuild.yaml'),
    `upstream: ${at}/upstream.git
buildTooling: ${at}/build-tooling.git
sources: ${at}/{org}/{repo}.git
`,
  );
}

/** Nothing that was said, kept or run has it, but for the settings themselves. */
export function checkNothing(context: GuardedWorld, ...said: readonly string[]): void {
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
