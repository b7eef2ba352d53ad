import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { makeCertificates } from './certificates.ts';
import { goTools } from './go-tools.ts';
import type { Defer } from './suite.ts';

/** The version that `test/rig/buildkit/go.mod` pins. */
const version = 'v0.25.1';

/** BuildKit's programs: absolute paths. */
export interface BuildkitPrograms {
  readonly buildkitd: string;
  readonly buildctl: string;
}

/** Built once from the pinned module, which takes some minutes. */
export async function buildkitPrograms(): Promise<BuildkitPrograms> {
  const ldflags = `-X github.com/moby/buildkit/version.Version=${version}`;
  return (await goTools('buildkit', ['buildkitd', 'buildctl'], ldflags)) as unknown as BuildkitPrograms;
}

/** A daemon of the test's own, with an empty cache. */
export interface Buildkitd {
  /** `unix://...` or `tcp://127.0.0.1:<port>`. */
  readonly address: string;
  /** What a client needs, where it asks for TLS. */
  readonly tls?: {
    readonly ca: string;
    readonly cert: string;
    readonly key: string;
    readonly serverName: string;
  };
  readonly pid: number;
  /** What it said so far. */
  log(): string;
  /** Ends it, with SIGTERM if nothing else is asked for, and removes all that it had. */
  stop(signal?: NodeJS.Signals): Promise<void>;
}

export interface BuildkitdOptions {
  /** `unix` where nothing else is asked for; `tls` is tcp with certificates on both sides. */
  readonly listen?: 'unix' | 'tcp' | 'tls';
  /** A certain port of 127.0.0.1, for one that comes back; else the system gives one. */
  readonly port?: number;
  /** More lines of its buildkitd.toml. */
  readonly config?: string;
}

/** Milliseconds from SIGTERM to SIGKILL. */
const grace = 5000;

/** Starts a daemon below a folder of its own. Needs root, and runc. */
export async function startBuildkitd(options: BuildkitdOptions = {}): Promise<Buildkitd> {
  const { buildkitd } = await buildkitPrograms();
  // Not TMPDIR: a socket's path has room for 107 characters.
  const folder = mkdtempSync('/tmp/bkd-');
  const config = join(folder, 'buildkitd.toml');
  writeFileSync(config, options.config ?? '');
  const listen = options.listen ?? 'unix';
  const certificates = listen === 'tls' ? makeCertificates(join(folder, 'tls')) : undefined;
  const child = spawn(
    buildkitd,
    [
      ...['--config', config, '--root', join(folder, 'root'), '--otel-socket-path', join(folder, 'otel')],
      ...['--oci-worker=true', '--containerd-worker=false', '--cdi-disabled', '--addr'],
      listen === 'unix' ? `unix://${folder}/sock` : `tcp://127.0.0.1:${options.port ?? 0}`,
      ...(certificates === undefined
        ? []
        : ['--tlscacert', certificates.ca, '--tlscert', certificates.server.cert]),
      ...(certificates === undefined ? [] : ['--tlskey', certificates.server.key]),
    ],
    { stdio: ['ignore', 'ignore', 'pipe'], env: { PATH: process.env['PATH'], HOME: folder } },
  );
  const lines: string[] = [];
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  const stop = async (signal: NodeJS.Signals = 'SIGTERM'): Promise<void> => {
    await end(child, signal, ended);
    cleanUp(folder);
  };
  try {
    const place = await servingAt(child, lines);
    return {
      address: listen === 'unix' ? `unix://${folder}/sock` : `tcp://${place}`,
      ...(certificates === undefined
        ? {}
        : { tls: { ca: certificates.ca, ...certificates.client, serverName: 'localhost' } }),
      pid: child.pid ?? 0,
      log: () => lines.join('\n'),
      stop,
    };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** Starts one after the other, one for each of the options, and has each of them end with what the hook made. */
export async function startBuildkitds(
  defer: Defer,
  ...options: readonly BuildkitdOptions[]
): Promise<readonly Buildkitd[]> {
  const daemons: Buildkitd[] = [];
  for (const each of options) {
    const daemon = await startBuildkitd(each);
    defer(() => daemon.stop());
    daemons.push(daemon);
  }
  return daemons;
}

/** Waits until it says where it listens. */
function servingAt(child: ChildProcess, lines: string[]): Promise<string> {
  return new Promise((resolve, reject) => {
    if (child.stderr === null) throw new Error('buildkitd has no standard error');
    createInterface(child.stderr).on('line', (line) => {
      lines.push(line);
      const place = /msg="running server on ([^"]+)"/.exec(line)?.[1];
      if (place !== undefined) resolve(place);
    });
    child.once('error', reject);
    child.once('exit', () => reject(new Error(`buildkitd did not start:\n${lines.join('\n')}`)));
  });
}

async function end(child: ChildProcess, signal: NodeJS.Signals, ended: Promise<void>): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  child.kill(signal);
  // One that was stopped gets no other signal.
  const timer = setTimeout(() => child.kill('SIGKILL'), grace);
  await ended;
  clearTimeout(timer);
}

/** What a killed daemon leaves: containers that still run, and mounts. */
function cleanUp(folder: string): void {
  for (const pid of readdirSync('/proc').filter((name) => /^\d+$/.test(name))) {
    if (Number(pid) !== process.pid && usesFolder(pid, folder)) killProcess(Number(pid));
  }
  for (const mount of mountsBelow('self', folder).reverse()) {
    execFileSync('umount', ['-l', mount], { stdio: 'ignore' });
  }
  if (existsSync(folder)) rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
}

/** Whether a process is a container of a daemon: its root is a mount from below the daemon's folder. */
function usesFolder(pid: string, folder: string): boolean {
  try {
    const root = readFileSync(`/proc/${pid}/mountinfo`, 'utf8').split('\n', 1)[0] ?? '';
    return root.includes(`${folder}/`);
  } catch {
    return false;
  }
}

function killProcess(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // It has ended.
  }
}

function mountsBelow(pid: string, folder: string): string[] {
  const lines = readFileSync(`/proc/${pid}/mountinfo`, 'utf8').split('\n');
  return lines.map((line) => line.split(' ')[4] ?? '').filter((path) => path.startsWith(`${folder}/`));
}
