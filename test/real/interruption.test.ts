import { type ChildProcess, spawn } from 'node:child_process';
import {
  closeSync,
  existsSync,
  ftruncateSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
} from 'node:fs';
import { type AddressInfo, createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import * as assert from 'uvu/assert';
import { closeFakes } from '../oci/registry/fake-registry.ts';
import { clusterWorld, clusterRelease as release } from '../rig/cluster-world.ts';
import { onBuildctl } from '../rig/fake-buildctl.ts';
import { onGo } from '../rig/fake-go.ts';
import type { ImageWorld } from '../rig/image-world.ts';
import { compileProgram } from '../rig/program.ts';
import { suite } from '../rig/suite.ts';
import { writeFiles } from '../rig/world.ts';

interface Context {
  readonly world: ImageWorld;
  /** The compiled program. */
  readonly cli: string;
  readonly silent: Silent;
}

/** Ctrl-C, whatever a command waits for: the compiled program, real processes, and servers that never answer. */
const test = suite<Context>('interruption');

/** A server that takes connections and says nothing. */
interface Silent {
  /** `127.0.0.1:<port>` */
  readonly host: string;
  readonly connections: () => number;
}

async function startSilent(defer: (end: () => unknown) => void): Promise<Silent> {
  let count = 0;
  const server: Server = createServer((socket) => {
    count += 1;
    socket.on('error', () => undefined);
    socket.resume();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  server.unref();
  defer(() => server.close());
  return { host: `127.0.0.1:${(server.address() as AddressInfo).port}`, connections: () => count };
}

test.before(async (context, defer) => {
  const folder = mkdtempSync(join(tmpdir(), 'interruption-'));
  defer(() => rmSync(folder, { recursive: true }));
  defer(closeFakes);
  const { cache } = await compileProgram(folder);
  const silent = await startSilent(defer);
  const world = await clusterWorld();
  writeFiles(world.folder, {
    'silent.yaml': `upstream: http://${silent.host}/upstream.git
buildTooling: http://${silent.host}/tooling.git
mirrors: { 'https://cdn.amazonlinux.com/': 'http://${silent.host}/' }
registries: { '${silent.host}': { insecure: loopback } }
`,
    'root/base-images/small/base-image.yaml': 'schema: 1\ndescription: small\ndistributions: { al2: {} }\n',
  });
  Object.assign(context, { world, silent, cli: join(cache, '..', 'package', 'dist', 'cli.js') });
});

function start({ world, cli }: Context, argv: readonly string[]): ChildProcess {
  return spawn(process.execPath, [cli, ...argv], { cwd: world.root, env: { ...world.host.env } });
}

interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
  /** From the signal on. */
  readonly seconds: number;
}

/** Starts a command, has it interrupted once it waits, and waits for its end. */
async function interrupted(
  context: Context,
  argv: readonly string[],
  waits: (said: string) => boolean,
  how: (child: ChildProcess) => void = (child) => child.kill('SIGINT'),
): Promise<Ended> {
  const child = start(context, argv);
  const said = { stdout: '', stderr: '' };
  child.stdout?.on('data', (chunk) => (said.stdout += chunk));
  child.stderr?.on('data', (chunk) => (said.stderr += chunk));
  const closed = new Promise<number | null>((resolve) => child.once('exit', resolve));
  const isWaiting = () => waits(said.stdout + said.stderr);
  for (let tries = 0; tries < 2000 && !isWaiting() && child.exitCode === null; tries += 1)
    await setTimeout(10);
  assert.ok(isWaiting() && child.exitCode === null, `it does not wait: ${said.stdout}${said.stderr}`);
  const began = performance.now();
  how(child);
  const code = await closed;
  return { code, ...said, seconds: (performance.now() - began) / 1000 };
}

/** Processes with the world's folder in their words, their environment or their place. */
function processesOf(world: ImageWorld): readonly string[] {
  return readdirSync('/proc')
    .filter((name) => /^[0-9]+$/.test(name) && Number(name) !== process.pid)
    .flatMap((pid) => {
      try {
        const words = readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ');
        const all = [words, readFileSync(`/proc/${pid}/environ`, 'utf8'), readlinkSync(`/proc/${pid}/cwd`)];
        return all.some((text) => text.includes(world.folder)) ? [`${pid} ${words}`] : [];
      } catch {
        return [];
      }
    });
}

/** What only a command that goes on has in the cache. */
function leftIn({ cache }: ImageWorld): readonly string[] {
  const scratch =
    /^(tmp|leases|locks)\/.|(^|\/)(compare|doctor|retag|download|opened|compile)-|\.new-|\.part$/;
  return readdirSync(cache, { recursive: true, encoding: 'utf8' }).filter((name) => scratch.test(name));
}

async function assertClean(context: Context, { code, stdout, stderr, seconds }: Ended): Promise<void> {
  const all = stdout + stderr;
  assert.is(code, 130, all);
  assert.ok(seconds < 2.2, `it took ${seconds} seconds`);
  assert.not.match(all, /\n\s+at .*:[0-9]+|[Bb]uild failed|network failed|fault of|Warning/);
  // What was killed may take a moment to be gone.
  for (let tries = 0; tries < 50 && processesOf(context.world).length > 0; tries += 1) await setTimeout(20);
  assert.equal(processesOf(context.world), []);
  assert.equal(leftIn(context.world), []);
}

const settings = ['--settings', '../silent.yaml'];

/** Commands that wait for the silent server. `$` is its host. */
const waiting: readonly (readonly string[])[] = [
  ['releases', ...settings],
  ['import', release, ...settings],
  ['import', '--all', ...settings],
  ['doctor', ...settings],
  ['base', 'refresh', 'small', ...settings],
  ['base', 'refresh', 'small', '--as-of', '2024-04-01-1711929684.2', ...settings],
  ['compare', 'image', '$/a/b:1', '$/a/b:2', ...settings],
  ['cluster', release, '--registry', '$/eks', '--insecure', '--format', 'kubeadm'],
  ['push', release, '--registry', '$/eks', '--insecure', '--image', 'coredns/coredns'],
  ['explain', release, '--published', 'http://$/tool', '--no-build'],
];

for (const words of waiting) {
  test(`a server that never answers: ${words.slice(0, 2).join(' ')}`, async (context) => {
    const { silent } = context;
    const before = silent.connections();
    const argv = words.map((word) => word.replaceAll('$', silent.host));
    await assertClean(context, await interrupted(context, argv, () => silent.connections() > before));
  });
}

for (const signal of ['SIGTERM', 'SIGHUP'] as const) {
  test(`${signal} is the same`, async (context) => {
    const before = context.silent.connections();
    const ended = await interrupted(
      context,
      ['releases', ...settings],
      () => context.silent.connections() > before,
      (child) => child.kill(signal),
    );
    await assertClean(context, ended);
  });
}

test('a compiler that goes on for ever, and does not heed a signal', async (context) => {
  const { world } = context;
  const mark = join(world.folder, 'compiling');
  onGo(world.folder, 'build', `trap '' TERM; : > ${mark}; while :; do sleep 1; done`);
  const argv = ['verify', release, '--project', 'tool', '--fresh', '--log', 'line'];
  const ended = await interrupted(context, argv, () => existsSync(mark));
  assert.match(ended.stdout, 'The same command goes on from there.');
  await assertClean(context, ended);
});

test('nobody reads what it says any more: it ends as if it were interrupted', async (context) => {
  const { world } = context;
  const mark = join(world.folder, 'compiling too');
  // The end of the one is a line that nobody reads, and ends the other.
  onGo(world.folder, 'build', `: > '${mark}'; [ $GOARCH = amd64 ] || exec sleep 60; sleep 0.3`);
  const argv = ['verify', release, '--project', 'tool', '--fresh', '--log', 'line'];
  const ended = await interrupted(
    context,
    argv,
    () => existsSync(mark),
    (child) => child.stdout?.destroy(),
  );
  await assertClean(context, ended);
  onGo(world.folder, 'build', ':');
});

test('a builder that goes on for ever', async (context) => {
  const { world } = context;
  const mark = join(world.folder, 'building');
  onBuildctl(world.folder, `[ -n "$is_question" ] || { : > ${mark}; exec sleep 60; }`);
  const argv = ['images', release, '--image', 'coredns/coredns', '--fresh', '--log', 'line'];
  await assertClean(context, await interrupted(context, argv, () => existsSync(mark)));
  onBuildctl(world.folder, ':');
});

test('a hash that takes long', async (context) => {
  const { world } = context;
  const name = 'f'.repeat(64);
  mkdirSync(join(world.cache, 'blobs', 'ff'), { recursive: true });
  const blob = join(world.cache, 'blobs', 'ff', name);
  const file = openSync(blob, 'w');
  // It has no blocks: nothing is read from a disk.
  ftruncateSync(file, 64 * 1024 ** 3);
  closeSync(file);
  const began = performance.now();
  const ended = await interrupted(context, ['cache', 'check'], () => performance.now() - began > 1000);
  assert.match(ended.stderr, /^Interrupted\. /);
  await assertClean(context, ended);
  rmSync(blob);
});

test('a second signal ends it at once, with all that it started', async (context) => {
  const { world } = context;
  const mark = join(world.folder, 'compiling again');
  onGo(world.folder, 'build', `trap '' TERM; : > '${mark}'; while :; do sleep 1; done`);
  const argv = ['verify', release, '--project', 'tool', '--fresh', '--log', 'line'];
  const ended = await interrupted(
    context,
    argv,
    () => existsSync(mark),
    async (child) => {
      child.kill('SIGINT');
      await setTimeout(100);
      child.kill('SIGINT');
    },
  );
  onGo(world.folder, 'build', ':');
  assert.is(ended.code, 130);
  assert.ok(ended.seconds < 0.8, `it took ${ended.seconds} seconds`);
  for (let tries = 0; tries < 50 && processesOf(world).length > 0; tries += 1) await setTimeout(20);
  assert.equal(processesOf(world), []);
});

test.run();
