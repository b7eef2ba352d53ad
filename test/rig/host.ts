import { setTimeout } from 'node:timers/promises';
import { newCredentials } from '../../orchestrator/core/credentials.ts';
import type { Host, Output } from '../../orchestrator/host.ts';
import { main } from '../../orchestrator/main.ts';

/** What a run of the program came to. */
export interface Ran {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** A machine for tests: its own folders and environment, no terminal, a wait that does not wait. */
export function testHost(given: Partial<Host> & Pick<Host, 'cwd' | 'packageFolder' | 'env'>): Host {
  return {
    version: 'eksd-rebuild 0.0.0',
    pid: process.pid,
    platform: 'linux/amd64',
    accountHome: undefined,
    uid: process.geteuid?.(),
    build: 'the program that is tested',
    cores: 4,
    memory: 16 * 1024 ** 3,
    hostName: 'test.example',
    credentials: newCredentials(),
    stdout: capture().output,
    stderr: capture().output,
    now: Date.now,
    random: Math.random,
    wait: (_, signal) => setTimeout(1, undefined, { signal }).catch(() => undefined),
    signal: new AbortController().signal,
    ...given,
  };
}

/** Runs the program in this process, as `cli.ts` does. */
export async function runMain(argv: readonly string[], host: Host): Promise<Ran> {
  const [stdout, stderr] = [capture(), capture()];
  const code = await main(argv, { ...host, stdout: stdout.output, stderr: stderr.output });
  return { code, stdout: stdout.text(), stderr: stderr.text() };
}

/** Keeps what is written, without colours. */
function capture(): { readonly output: Output; text(): string } {
  let text = '';
  const write = (more: string): void => {
    text += more;
  };
  return {
    output: { write, draw: write, isTerminal: false, columns: 100, rows: 24, hasColours: false },
    text: () => text,
  };
}
