#!/usr/bin/env node
import { setMaxListeners } from 'node:events';
import { closeSync, existsSync, fstatSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { SourceMap } from 'node:module';
import { availableParallelism, hostname, totalmem, userInfo } from 'node:os';
import { dirname, join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { credentialsIn, newCredentials, partWord, withoutCredentials } from './core/credentials.ts';
import { describeFailure } from './core/describe-failure.ts';
import { describeFault, type FaultCircumstances, reportPlaceOf } from './core/edge/describe-fault.ts';
import { userEnvironment } from './core/edge/user-environment.ts';
import { exitCode, exitCodeOf } from './core/exit-code.ts';
import { systemFailure } from './core/system-error.ts';
import { visibleLines } from './core/visible.ts';
import type { Host, Output } from './host.ts';
import { main } from './main.ts';

/** Node's names of architectures as Go has them (https://go.dev/doc/install/source#environment). */
const architectures: Readonly<Record<string, string>> = { x64: 'amd64', ia32: '386' };

const program = fileURLToPath(import.meta.url);
const argv = process.argv.slice(2);
const shownArgv = argv.map((word) => partWord(word).text);

// Whoever lists the processes of this machine would read a password for as long as this one runs.
if (shownArgv.join(' ') !== argv.join(' ')) process.title = ['eksd-rebuild', ...shownArgv].join(' ');

const interruption = new AbortController();
// Whatever waits for anything listens to it: no leak.
setMaxListeners(0, interruption.signal);

/** Milliseconds from an interruption to the end, whatever does not heed it. */
const patience = 2500;

/** What nobody expected, and what came after it. */
const faults: unknown[] = [];

/** Whether somebody asked for the end: then that is what it came to, however far it was. */
let isAsked = false;

for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
  process.on(signal, () => {
    // Whoever asks twice has waited long enough.
    if (isAsked) process.exit(exitCode.interrupted);
    isAsked = true;
    interrupt();
  });
}

/** Has all that goes on come to its end: its commands, its folders. */
function interrupt(): void {
  if (interruption.signal.aborted) return;
  interruption.abort();
  globalThis.setTimeout(() => void end(exitCode.interrupted), patience);
}

/** Of a stream that nobody reads any more: a pipe whose reader has enough, a terminal that was closed. */
const closed = ['EPIPE', 'EIO', 'ECONNRESET', 'ERR_STREAM_DESTROYED'];

for (const stream of [process.stdout, process.stderr]) {
  stream.on('error', (error: NodeJS.ErrnoException) => {
    if (!closed.includes(error.code ?? '')) faults.push(error);
    interrupt();
  });
}

process.on('uncaughtException', (error) => {
  // What breaks when all comes to its end is of the end.
  if (!interruption.signal.aborted) faults.push(error);
  interrupt();
});

process.umask(0o022);

// The AWS SDK says of each Node before 22 that it will not be supported; what it prints is no part of this program's output.
process.env['AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED'] ??= 'true';

const home = accountHome();
const given = Object.fromEntries(
  Object.entries(process.env).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])),
);
const env = userEnvironment(given, home);
// The AWS SDK looks for the user's folders by itself.
for (const name of Object.keys(given)) if (!(name in env)) delete process.env[name];
Object.assign(process.env, env);

function output(stream: NodeJS.WriteStream & { readonly fd: number }): Output {
  const isTerminal = stream.isTTY === true;
  // What does not fit on a disk, Node's own stream leaves out without a word.
  const isOnDisk = fstatSync(stream.fd).isFile();
  const wants = env['FORCE_COLOR'] !== undefined && env['FORCE_COLOR'] !== '0';
  const refuses = (env['NO_COLOR'] ?? '') !== '' || env['TERM'] === 'dumb';
  return {
    // After a fault there is only one thing to say.
    write: (text) => {
      if (faults.length > 0) return;
      if (isOnDisk) writeFileSync(stream.fd, text);
      else stream.write(text);
    },
    draw: (text) => void stream.write(text),
    isTerminal,
    get columns() {
      return stream.columns ?? 0;
    },
    get rows() {
      return stream.rows || 24;
    },
    hasColours: wants || (isTerminal && !refuses),
  };
}

/** @throws nothing: who is in a folder that is gone is told so. */
function workingFolder(): string {
  try {
    return process.cwd();
  } catch {
    process.stderr.write('The folder that this was started in is gone: go to another one.\n');
    return process.exit(exitCode.usage);
  }
}

function accountHome(): string | undefined {
  try {
    return userInfo().homedir;
  } catch {
    // The system's complaint about a user who is in no password database, as in containers that run as any number.
    return undefined;
  }
}

/**
 * A stack with places in the sources instead of those in `dist/`. Node would read source maps by itself if it were told to at
 * the start, which every start would pay for.
 */
function inSources(stack: string): string {
  return stack.replace(/(file:\/\/\S+\.js):([0-9]+):([0-9]+)/g, (place, url: string, line, column) => {
    try {
      const map = new SourceMap(JSON.parse(readFileSync(fileURLToPath(`${url}.map`), 'utf8')));
      const found = map.findEntry(Number(line) - 1, Number(column) - 1);
      if (!('originalSource' in found)) return place;
      const file = fileURLToPath(new URL(found.originalSource, url));
      return `${file}:${found.originalLine + 1}:${found.originalColumn + 1}`;
    } catch {
      return place;
    }
  });
}

/**
 * Closes what the process was started with besides its standard streams: whatever a shell or a service had open would be open in every
 * task as well, in a sandbox too. What node opens itself closes with `exec`. A file that the command line names so stays (`/dev/fd/9`).
 */
function closeInherited(): void {
  const closesOnExec = 0o2000000;
  let open: readonly string[] = [];
  try {
    open = readdirSync('/proc/self/fd');
  } catch {
    // Not a Linux.
  }
  for (const name of open) {
    const descriptor = Number(name);
    const isNamed = process.argv.some((word) => new RegExp(`/fd/${name}$`).test(word));
    if (descriptor < 3 || isNamed) continue;
    try {
      const flags = /^flags:\s*([0-7]+)/m.exec(readFileSync(`/proc/self/fdinfo/${name}`, 'utf8'))?.[1] ?? '';
      if ((Number.parseInt(flags, 8) & closesOnExec) === 0) closeSync(descriptor);
    } catch {
      // That by which the folder was read.
    }
  }
}

closeInherited();

/** What package.json says of this program. */
function manifestIn(folder: string): Readonly<Record<string, unknown>> {
  return JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
}

/** `eksd-rebuild 0.1.0 (commit 0123456789ab)`: the commit where build.ts found all of it committed. */
function versionIn(folder: string): string {
  const { name, version } = manifestIn(folder);
  if (!program.endsWith('.js')) return `${name} ${version}, from its sources`;
  const file = join(dirname(program), 'COMMIT');
  const commit = existsSync(file) ? ` (commit ${readFileSync(file, 'utf8').trim()})` : '';
  return `${name} ${version}${commit}`;
}

const packageFolder = dirname(dirname(program));

const host: Host = {
  env,
  cwd: workingFolder(),
  packageFolder,
  version: versionIn(packageFolder),
  pid: process.pid,
  platform: `${process.platform === 'win32' ? 'windows' : process.platform}/${architectures[process.arch] ?? process.arch}`,
  accountHome: home,
  uid: process.geteuid?.(),
  // The files beside cli.js are named by digests of their contents and of those that they name: it stands for all of them.
  get build() {
    return program.endsWith('.js')
      ? process.getBuiltinModule('node:crypto').hash('sha256', readFileSync(program))
      : undefined;
  },
  cores: availableParallelism(),
  memory: totalmem(),
  hostName: hostname(),
  credentials: newCredentials(),
  stdout: output(process.stdout),
  stderr: output(process.stderr),
  now: Date.now,
  random: Math.random,
  wait: (milliseconds, signal) => setTimeout(milliseconds, undefined, { signal }).catch(() => undefined),
  signal: interruption.signal,
};

let isEnding = false;

/** Lets what was said be read, says what there is to say of the end, and ends: nothing that is still waited for keeps the process. */
async function end(code: number): Promise<void> {
  if (isEnding) return;
  isEnding = true;
  // Only then it is known whether all of it could be written.
  await written(process.stdout);
  const told = faults.length > 0 ? tell(faults[0]) : isAsked ? exitCode.interrupted : code;
  await written(process.stderr);
  process.exit(told);
}

/** Whoever interrupts does not wait for a reader, either. */
async function written(stream: NodeJS.WriteStream): Promise<void> {
  const all = new Promise<void>((done) => stream.write('', () => done()));
  await Promise.race([all, ...(interruption.signal.aborted ? [setTimeout(patience / 10)] : [])]);
}

/** Tells of what nobody caught: the system's refusals as such, all else as a fault. Gives the exit code. */
function tell(error: unknown): number {
  const failure = systemFailure(error);
  const text = failure === undefined ? describeFault(error, circumstances()) : describeFailure(failure);
  process.stderr.write(
    `${visibleLines(withoutCredentials(text, [...host.credentials.all(), ...credentialsIn(env)]))}\n`,
  );
  return failure === undefined ? exitCode.fault : exitCodeOf(failure.reason);
}

function circumstances(): FaultCircumstances {
  return {
    version: host.version,
    machine: `Node ${process.version} on ${host.platform}`,
    argv: shownArgv,
    reportTo: reportPlaceOf(manifestIn(packageFolder)),
    inSources,
  };
}

const code = await main(argv, host).catch((error: unknown) => {
  faults.push(error);
  return exitCode.fault;
});
await end(code);
