import { execFileSync, spawn } from 'node:child_process';
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  realpathSync,
  rmSync,
  symlinkSync,
} from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import { debianMirror } from './debian-mirror.ts';
import { programPath } from './programs.ts';
import type { Defer } from './suite.ts';

/** What a command came to. */
export interface BareRun {
  readonly code: number | null;
  /** All that it wrote, in order. */
  readonly output: string;
  readonly seconds: number;
}

/** A Debian 12 that nothing was ever run on, and that has only what README names. Programs there see nothing of this machine's disk. */
export interface BareMachine {
  /** Runs a program there, as root, in the clone of this repository. What it says is shown at once, behind bars. */
  run(program: string, ...args: readonly string[]): Promise<BareRun>;
}

/** Where the clone is. */
const place = 'work/eksd-rebuild';

/** The PATH there: Go's folder, and Debian's own. */
const path = '/usr/local/go/bin:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';

/**
 * Enters a root, $1, in namespaces of its own, so that every mount and process ends with it, and runs a program in its folder $2. A
 * change of the root by chroot alone would not do: runc asks for a root that is a mount, and the kernel lets nobody in a chroot
 * make a namespace of users.
 */
const enter = `set -e
mount --bind "$1" "$1"
cd "$1"
mount -t proc proc proc
mount --rbind /sys sys
mount --rbind /dev dev
mount -t tmpfs -o mode=1777 tmpfs dev/shm
mkdir -p .old
pivot_root . .old
export PATH=${path}
cd /
umount -l .old
cd "$2"
shift 2
exec "$@"`;

/** Makes one, with a clone of this repository's HEAD, for a hook: it is gone with what the hook made. */
export async function makeBareMachine(repository: string, defer: Defer): Promise<BareMachine> {
  removeForgotten();
  const folder = mkdtempSync(join(tmpdir(), `bare-machine-${process.pid}-`));
  defer(() => rmSync(folder, { recursive: true, force: true, maxRetries: 5 }));
  const root = join(folder, 'root');
  const packages = '--include=ca-certificates,git,make';
  execFileSync('debootstrap', ['--variant=minbase', packages, 'bookworm', root, debianMirror()], {
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  takeNode(root);
  takeGo(root);
  takeNetwork(root);
  execFileSync('git', ['clone', '--quiet', repository, join(root, place)]);
  return { run: (...command) => run(root, command) };
}

/** Mounts and processes end with whoever is killed; some gigabytes do not. */
function removeForgotten(): void {
  for (const name of readdirSync(tmpdir())) {
    const [, pid] = /^bare-machine-(\d+)-/.exec(name) ?? [];
    if (pid !== undefined && !existsSync(join('/proc', pid)))
      rmSync(join(tmpdir(), name), { recursive: true, force: true });
  }
}

function takeNode(root: string): void {
  const home = join(root, 'usr/local');
  cpSync(realpathSync(process.execPath), join(home, 'bin/node'));
  // <npm>/bin/npm-cli.js
  const npm = dirname(dirname(realpathSync(programPath('npm'))));
  cpSync(npm, join(home, 'lib/node_modules/npm'), { recursive: true });
  symlinkSync('../lib/node_modules/npm/bin/npm-cli.js', join(home, 'bin/npm'));
}

function takeGo(root: string): void {
  const goroot = execFileSync('go', ['env', 'GOROOT'], { encoding: 'utf8', cwd: '/' }).trim();
  execFileSync('cp', ['-a', goroot, join(root, 'usr/local/go')]);
}

/** What a machine has for its network: names, certificates, and where registries are. */
function takeNetwork(root: string): void {
  const files = [
    ...['/etc/resolv.conf', '/etc/hosts', '/etc/npmrc', '/etc/pip.conf', '/etc/apt/apt.conf'],
    ...['/etc/ssl/certs/ca-certificates.crt', '/usr/local/share/ca-certificates'],
    ...['.npmrc', '.config/go/env', '.config/pip', '.pip'].map((name) => join(homedir(), name)),
    ...Object.values(environment()),
  ];
  for (const file of files) {
    if (!file.startsWith('/') || !existsSync(file)) continue;
    const to = file.startsWith(`${homedir()}/`) ? join('/root', file.slice(homedir().length)) : file;
    mkdirSync(dirname(join(root, to)), { recursive: true });
    cpSync(file, join(root, to), { recursive: true, dereference: true });
  }
  const proxies = readdirSync('/etc/apt/apt.conf.d').filter((name) => name.includes('proxy'));
  for (const name of proxies)
    cpSync(join('/etc/apt/apt.conf.d', name), join(root, 'etc/apt/apt.conf.d', name));
}

/** Of this process: proxies, registries and certificates. */
function environment(): Readonly<Record<string, string>> {
  const wanted =
    /^((https?|no|all)_proxy|go(proxy|sumdb|nosumdb|noproxy|private)|npm_config_(registry|cafile)|pip_(index_url|cert)|\w+_ca_(certs|bundle)|ssl_cert_file|git_ssl_cainfo)$/i;
  return Object.fromEntries(
    Object.entries(process.env).flatMap(([name, value = '']) => (wanted.test(name) ? [[name, value]] : [])),
  );
}

async function run(root: string, command: readonly string[]): Promise<BareRun> {
  const started = performance.now();
  const namespaces = ['unshare', '--mount', '--pid', '--fork', '--kill-child', '--propagation', 'private'];
  // Whoever kills this process has all of it ended, too.
  const bound = ['--pdeathsig', 'KILL', ...namespaces];
  const words = [...bound, 'sh', '-c', enter, 'sh', root, `/${place}`, ...command];
  const child = spawn('setpriv', words, {
    env: { ...environment(), CI: 'true', HOME: '/root', PATH: process.env['PATH'], TERM: 'dumb' },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    createInterface(stream).on('line', (line) => {
      output += `${line}\n`;
      process.stdout.write(`| ${line}\n`);
    });
  }
  const code = await new Promise<number | null>((resolve, reject) => {
    child.on('error', reject);
    child.on('close', resolve);
  });
  return { code, output, seconds: Math.round((performance.now() - started) / 1000) };
}
