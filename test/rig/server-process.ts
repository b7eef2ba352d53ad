import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, openSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** A server that a test runs, with what it said in a file. */
export interface ServerProcess {
  hasEnded(): boolean;
  /** The end of what it said. */
  log(): string;
  /** Ends it with SIGTERM, or with SIGKILL where that takes too long, or is asked for. */
  end(signal?: 'SIGTERM' | 'SIGKILL'): Promise<void>;
}

/** Milliseconds for a process to end by itself. */
const grace = 10_000;

const running = new Set<() => void>();
process.on('exit', () => running.forEach((kill) => void kill()));

/** @param inside the command that runs it elsewhere, and waits for it: `nsenter ...`. @param folder where it runs, and its log is. */
export function startServerProcess(
  [program = '', ...words]: readonly string[],
  folder: string,
  name: string,
  inside: readonly string[] = [],
): ServerProcess {
  const log = join(folder, `${name}.log`);
  const file = openSync(log, 'a');
  const env = { PATH: process.env['PATH'], HOME: folder };
  const [first = '', ...rest] = [...inside, program, ...words];
  const child = spawn(first, rest, { stdio: ['ignore', file, file], env, cwd: folder });
  closeSync(file);
  const kill = (signal: NodeJS.Signals = 'SIGKILL') => signalTo(child, signal, inside.length > 0);
  running.add(kill);
  const ended = new Promise<void>((resolve) => {
    child.once('exit', () => resolve());
    child.once('error', () => resolve());
  });
  const hasEnded = () => child.exitCode !== null || child.signalCode !== null || child.pid === undefined;
  return {
    hasEnded,
    log: () => readFileSync(log, 'utf8').slice(-8000),
    async end(signal = 'SIGTERM') {
      if (!hasEnded()) {
        kill(signal);
        const timer = setTimeout(kill, grace);
        await ended;
        clearTimeout(timer);
      }
      running.delete(kill);
    },
  };
}

/** `nsenter` passes no signal on to what it waits for. */
function signalTo(child: ChildProcess, signal: NodeJS.Signals, isInside: boolean): void {
  const own = isInside ? childrenOf(child.pid ?? 0) : [];
  if (own.length === 0) child.kill(signal);
  for (const pid of own) {
    try {
      process.kill(pid, signal);
    } catch {
      // It has ended.
    }
  }
}

/** By their numbers here. */
export function childrenOf(pid: number): readonly number[] {
  try {
    const text = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8');
    return text.trim().split(' ').filter(Boolean).map(Number);
  } catch {
    return [];
  }
}
