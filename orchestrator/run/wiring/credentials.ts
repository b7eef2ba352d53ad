import { stat } from 'node:fs/promises';
import { basename, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Host } from '../../host.ts';
import { readSource } from '../../tool/file/read-file.ts';
import { type GitConfiguration, readGitConfiguration } from '../../tool/git/configuration.ts';
import { noIsolation } from '../../tool/process/isolation.ts';
import type { Command } from '../../tool/process/process.ts';
import { createRunProcess } from '../../tool/process/run-process.ts';
import { joinViews, type View } from '../../tool/process/view.ts';
import { once } from './once.ts';

/** How something is fetched, which says what it needs. */
type Transport = 'http' | 'ssh' | { readonly folder: string };

/**
 * What a command that fetches has to see of the user's: what its address needs, and no more. What git's configuration and the
 * environment name (certificates, helpers, files that are included) is among it; what a helper of the user's reads itself is not known.
 * @param more absolute paths, which every one of them sees.
 */
export function openCredentials(host: Host, more: readonly string[]): (command: Command) => Promise<View> {
  const plain = createRunProcess({ isolation: noIsolation, now: host.now, signal: host.signal });
  let configuration: Promise<GitConfiguration> | undefined;
  const always = once(async (): Promise<View> => ({ reads: more }));
  return async (command) => {
    const { env } = command;
    const named = await namedIn(Object.entries(env), env['HOME'] ?? '/');
    const program = basename(command.program);
    if (program !== 'git' && program !== 'go') return joinViews(await always(), named);
    configuration ??= readGitConfiguration(plain, env);
    const git = await configuration;
    const transports =
      program === 'git' ? addressesIn(command.args).map(git.rewritten).map(transportOf) : goTransports(env);
    const views = await Promise.all(transports.map((each) => viewOf(each, env, git)));
    return joinViews(await always(), named, ...(program === 'go' ? [goView(env)] : []), ...views);
  };
}

async function viewOf(transport: Transport, env: Command['env'], git: GitConfiguration): Promise<View> {
  if (typeof transport === 'object') {
    return { calls: ['/bin/sh'], reads: [...git.files, ...(await withAlternates(transport.folder))] };
  }
  const settings = git.values.filter(([name]) => ofFetching.test(name));
  const own = joinViews({ reads: git.files }, await namedIn(settings, env['HOME'] ?? '/'));
  const agent = env['SSH_AUTH_SOCK'];
  if (transport === 'ssh') {
    return joinViews(own, {
      calls: ['/bin/sh', 'ssh'],
      reads: [
        ...inHome(env, ['.ssh']),
        '/etc/passwd',
        '/etc/ssh/ssh_config',
        '/etc/ssh/ssh_config.d',
        '/etc/ssh/ssh_known_hosts',
      ],
      sockets: agent === undefined ? [] : [agent],
    });
  }
  const cached = inHome(env, ['.git-credential-cache/socket', '.cache/git/credential/socket']);
  const sockets = [];
  for (const each of cached) if (await stat(each).catch(() => undefined)) sockets.push(each);
  const config = env['XDG_CONFIG_HOME'] ?? inHome(env, ['.config'])[0] ?? '/';
  return joinViews(own, {
    calls: ['/bin/sh', ...git.helpers],
    reads: [...inHome(env, ['.netrc', '.git-credentials']), join(config, 'git', 'credentials')],
    sockets,
  });
}

/** What the go command reads besides: its own settings, and `.netrc` (https://go.dev/doc/toolchain, `go help goauth`). */
function goView(env: Command['env']): View {
  const config = env['XDG_CONFIG_HOME'] ?? inHome(env, ['.config'])[0] ?? '/';
  const folders = (env['GOPROXY'] ?? '')
    .split(/[,|]/)
    .filter((entry) => entry.startsWith('file:///'))
    .map((entry) => fileURLToPath(entry));
  const [helper = ''] = (env['GOAUTH'] ?? '')
    .split(/[\s;]/)
    .filter((word) => !['netrc', 'off', 'git'].includes(word));
  return {
    reads: [...inHome(env, ['.netrc']), join(config, 'go', 'env'), ...folders],
    calls: helper === '' ? [] : [helper],
  };
}

/** A go command fetches from repositories where no proxy stands between. */
function goTransports(env: Command['env']): readonly Transport[] {
  const isDirect = /(^|[,|])direct([,|]|$)/.test(env['GOPROXY'] || 'direct');
  const isPrivate = [env['GOPRIVATE'], env['GONOPROXY']].some((value) => value !== undefined && value !== '');
  return isDirect || isPrivate ? ['http', 'ssh'] : [];
}

/** What of git's words may be the address of a repository: an URL, a path, or `user@machine:path`. */
function addressesIn(args: readonly string[]): readonly string[] {
  return args.filter(
    (word) => /^(\/|[a-z][a-z0-9+.-]*:\/\/|[^-:/][^:/]*:)/.test(word) && !word.startsWith('+refs'),
  );
}

function transportOf(address: string): Transport {
  if (address.startsWith('file://')) return { folder: fileURLToPath(address) };
  if (address.startsWith('/')) return { folder: address };
  if (/^https?:\/\//.test(address)) return 'http';
  return 'ssh';
}

/** A repository's folder, and those whose objects it reads. */
async function withAlternates(folder: string, depth = 5): Promise<readonly string[]> {
  const found = [folder];
  for (const objects of [join(folder, 'objects'), join(folder, '.git', 'objects')]) {
    const text = await readSource(join(objects, 'info', 'alternates'));
    for (const line of text.split('\n').filter((each) => each !== '' && !each.startsWith('#'))) {
      if (depth > 0) found.push(...(await withAlternates(resolve(objects, line, '..'), depth - 1)));
    }
  }
  return found;
}

/** Git's settings that name what a fetch reads or calls. */
const ofFetching = /^(https?\.|credential\.|ssh\.|core\.(sshcommand|askpass|gitproxy)$)/i;

/** Variables that hold no file of their own to read. */
const noFiles = /^(PATH|HOME|PWD|XDG_CONFIG_HOME|SSH_AUTH_SOCK|GO.*)$/;

/**
 * The files that values name, as a whole or as a word of a command: certificates, keys, programs that answer for a password. Folders
 * count where they are of certificates.
 */
async function namedIn(
  values: Iterable<readonly [name: string, value: string]>,
  home: string,
): Promise<View> {
  const [reads, calls]: [string[], string[]] = [[], []];
  for (const [name, value] of values) {
    if (noFiles.test(name)) continue;
    for (const word of value.split(/[\s'"=]+/)) {
      const path = word.replace(/^!/, '').replace(/^~(?=\/)/, home);
      if (!path.startsWith('/') || path.length < 2) continue;
      const found = await stat(path).catch(() => undefined);
      if (found?.isFile()) ((found.mode & 0o111) === 0 ? reads : calls).push(path);
      else if (found?.isDirectory() && /ca_?path|cert_?dir/i.test(name)) reads.push(path);
    }
  }
  return { reads, calls };
}

function inHome(env: Command['env'], names: readonly string[]): readonly string[] {
  const home = env['HOME'];
  return home?.startsWith('/') ? names.map((name) => join(home, name)) : [];
}
