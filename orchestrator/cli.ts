#!/usr/bin/env node
import { closeSync, readdirSync, readFileSync } from 'node:fs';
import { SourceMap } from 'node:module';
import { availableParallelism, hostname, totalmem, userInfo } from 'node:os';
import { dirname } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { newCredentials } from './core/credentials.ts';
import type { Host, Output } from './host.ts';
import { main } from './main.ts';

/** Node's names of architectures as Go has them (https://go.dev/doc/install/source#environment). */
const architectures: Readonly<Record<string, string>> = { x64: 'amd64', ia32: '386' };

const program = fileURLToPath(import.meta.url);

const interruption = new AbortController();
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
  // The second one ends the process at once: whoever sends it has waited long enough.
  process.once(signal, () => {
    interruption.abort();
    process.once(signal, () => process.exit(130));
  });
}

for (const stream of [process.stdout, process.stderr]) {
  stream.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code === 'EPIPE') process.exit(0);
    throw error;
  });
}

// An error that nobody expected is a bug, and is read in the sources.
process.on('uncaughtExceptionMonitor', (error) => {
  if (error instanceof Error && error.stack !== undefined) error.stack = inSources(error.stack);
});

process.umask(0o022);

// The AWS SDK says of each Node before 22 that it will not be supported; what it prints is no part of this program's output.
process.env['AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED'] ??= 'true';

const env = Object.fromEntries(
  Object.entries(process.env).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])),
);

function output(stream: NodeJS.WriteStream): Output {
  const isTerminal = stream.isTTY === true;
  const wants = env['FORCE_COLOR'] !== undefined && env['FORCE_COLOR'] !== '0';
  const refuses = (env['NO_COLOR'] ?? '') !== '' || env['TERM'] === 'dumb';
  return {
    write: (text) => void stream.write(text),
    draw: (text) => void stream.write(text),
    isTerminal,
    get columns() {
      return stream.columns ?? 80;
    },
    get rows() {
      return stream.rows ?? 24;
    },
    hasColours: wants || (isTerminal && !refuses),
  };
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

const host: Host = {
  env,
  cwd: process.cwd(),
  packageFolder: dirname(dirname(program)),
  pid: process.pid,
  platform: `${process.platform === 'win32' ? 'windows' : process.platform}/${architectures[process.arch] ?? process.arch}`,
  accountHome: accountHome(),
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

process.exitCode = await main(process.argv.slice(2), host);
