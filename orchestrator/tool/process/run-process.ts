import { type FileHandle, open, stat } from 'node:fs/promises';
import { kill } from 'node:process';
import type { Isolation } from './isolation.ts';
import { mountPrefix, whyNotMounted } from './mount.ts';
import { createLineSplitter, createOutputTail } from './output-tail.ts';
import { type Command, type ProcessOutcome, type RunProcess, unenterable } from './process.ts';
import { findProgram } from './program-path.ts';

export interface RunProcessOptions {
  readonly isolation: Isolation;
  /** Milliseconds, from any start. */
  readonly now: () => number;
  /** From SIGTERM to SIGKILL, in milliseconds. */
  readonly grace?: number;
}

/** Bytes of standard output and standard error that stay in memory: the last ones. */
const stdoutLimit = 4 * 1024 * 1024;
const stderrLimit = 256 * 1024;

/**
 * How long, in milliseconds, output is waited for after a process has ended, counted from the last byte: only a stranger
 * that left its group (an ssh connection kept open, a daemon) can still hold the pipe then.
 */
const drainTime = 500;

/**
 * Runs processes: argv as it is, the environment as it is, the program looked up on the command's own PATH, in a
 * process group of its own that ends with it. An abort ends the group with SIGTERM, then SIGKILL.
 */
export function createRunProcess(options: RunProcessOptions): RunProcess {
  return async (command) => {
    const start = options.now();
    const outcome = await runToEnd(command, options);
    return { ...outcome, seconds: (options.now() - start) / 1000 };
  };
}

type Ending = Omit<ProcessOutcome, 'seconds'>;

const notStarted: Ending = {
  exitCode: undefined,
  signal: undefined,
  spawnError: undefined,
  aborted: false,
  stdout: '',
  stderr: '',
};

async function runToEnd(command: Command, options: RunProcessOptions): Promise<Ending> {
  if (command.signal?.aborted) return { ...notStarted, aborted: true };
  const program = await findProgram(command.program, command.env['PATH'] ?? '', command.cwd);
  if (program === undefined) return { ...notStarted, spawnError: 'ENOENT' };
  const { mounted } = command;
  const whyNot = mounted === undefined ? await whyNotIn(command.cwd) : undefined;
  if (whyNot !== undefined) return { ...notStarted, spawnError: whyNot };
  let file: FileHandle | undefined;
  try {
    if (command.stdoutFile !== undefined) file = await open(command.stdoutFile, 'w');
    const view = mounted === undefined ? [] : mountPrefix(mounted, command.cwd);
    const argv = [...options.isolation.prefix[command.network], ...view, program, ...command.args];
    const ending = await superviseGroup(argv, command, file, options.grace ?? 2000);
    const why = whyNotMounted(command, ending);
    return why === undefined ? ending : { ...ending, exitCode: undefined, spawnError: why };
  } catch (error) {
    if (isSystemError(error)) return { ...notStarted, spawnError: error.code };
    throw error;
  } finally {
    await file?.close();
  }
}

async function superviseGroup(
  argv: readonly string[],
  command: Command,
  stdoutFile: FileHandle | undefined,
  grace: number,
): Promise<Ending> {
  const [program = '', ...args] = argv;
  // Loaded where a process is really started: many commands start none.
  const { execa } = await import('execa');
  const child = execa(program, args, {
    cwd: command.mounted?.folder ?? command.cwd,
    env: command.env,
    extendEnv: false,
    reject: false,
    // A new session, hence a new process group: signals of the terminal do not reach it, ours reach all of it.
    detached: true,
    buffer: false,
    ...(command.input === undefined ? { stdin: 'ignore' } : { input: command.input }),
    // execa takes any descriptor; its types name those from 3 to 9.
    stdout: stdoutFile === undefined ? 'pipe' : (stdoutFile.fd as 3),
    stderr: 'pipe',
  });
  const signalGroup = (signal: NodeJS.Signals): void => {
    try {
      if (child.pid !== undefined) kill(-child.pid, signal);
    } catch {
      // ESRCH: nobody is left.
    }
  };

  let aborted = false;
  let killTimer: NodeJS.Timeout | undefined;
  const abort = (): void => {
    aborted = true;
    signalGroup('SIGTERM');
    killTimer = setTimeout(() => signalGroup('SIGKILL'), grace);
  };
  command.signal?.addEventListener('abort', abort, { once: true });

  const stdout = createOutputTail(stdoutLimit);
  const stderr = createOutputTail(stderrLimit);
  const lines = command.onLine === undefined ? undefined : createLineSplitter(command.onLine);
  let drainTimer: NodeJS.Timeout | undefined;
  child.stdout?.on('data', (chunk: Uint8Array) => {
    drainTimer?.refresh();
    stdout.push(chunk);
  });
  child.stderr?.on('data', (chunk: Uint8Array) => {
    drainTimer?.refresh();
    stderr.push(chunk);
    lines?.push(chunk);
  });

  let ended: Pick<Ending, 'exitCode' | 'signal'> | undefined;
  child.once('exit', (code, signal) => {
    ended = { exitCode: code ?? undefined, signal: signal ?? undefined };
    signalGroup('SIGKILL');
    drainTimer = setTimeout(() => {
      child.stdout?.destroy();
      child.stderr?.destroy();
    }, drainTime);
  });
  try {
    const result = await child;
    lines?.end();
    const output = { aborted, stdout: stdout.text(), stderr: stderr.text() };
    if (ended === undefined) return { ...notStarted, ...output, spawnError: result.code ?? 'unknown' };
    return { ...ended, ...output, spawnError: undefined };
  } finally {
    clearTimeout(killTimer);
    clearTimeout(drainTimer);
    command.signal?.removeEventListener('abort', abort);
  }
}

/** Why a command cannot have a folder as its own: not even its owner can start anything in one that may not be entered. */
async function whyNotIn(folder: string): Promise<string | undefined> {
  try {
    return (await stat(`${folder}/.`)).isDirectory() ? undefined : `${folder} is no folder`;
  } catch (error) {
    return isSystemError(error) && error.code === 'EACCES' ? unenterable : `there is no folder ${folder}`;
  }
}

function isSystemError(error: unknown): error is NodeJS.ErrnoException & { readonly code: string } {
  return error instanceof Error && 'code' in error && typeof error.code === 'string';
}
