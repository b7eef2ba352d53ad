import { type FileHandle, open, stat } from 'node:fs/promises';
import { defined } from '../../core/defined.ts';
import { dropGroup, keepGroup, signalGroup } from './group.ts';
import type { Isolation } from './isolation.ts';
import { mountPrefix, whyNotMounted } from './mount.ts';
import { createLineSplitter, createOutputTail } from './output-tail.ts';
import { atOnce, type Command, type ProcessOutcome, type RunProcess, unenterable } from './process.ts';
import { findProgram } from './program-path.ts';
import { type Confined, confine } from './sandbox.ts';
import { joinViews, type View } from './view.ts';

export interface RunProcessOptions {
  readonly isolation: Isolation;
  /** What a command that fetches sees of the user's credentials, besides what it says itself. */
  readonly credentials?: (command: Command) => Promise<View>;
  /** Milliseconds, from any start. */
  readonly now: () => number;
  /** Ends every command that has no signal of its own. */
  readonly signal?: AbortSignal;
  /** From SIGTERM to SIGKILL, in milliseconds. */
  readonly grace?: number;
}

/** Milliseconds: whoever interrupts waits for it. */
const usualGrace = 1000;

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
 * process group of its own that ends with it, and with this process. An abort ends the group with SIGTERM, then SIGKILL.
 */
export function createRunProcess(options: RunProcessOptions): RunProcess {
  return async (command) => {
    const start = options.now();
    const outcome = await runToEnd({ ...defined({ signal: options.signal }), ...command }, options);
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
  const { limiter } = options.isolation;
  const limited = command.limits?.shared && limiter?.enter(command.limits.shared);
  try {
    if (command.stdoutFile !== undefined) file = await open(command.stdoutFile, 'w');
    const confined = await inSandbox(command, program, options);
    const argv = [
      ...(limited?.prefix ?? []),
      ...(confined?.argv ?? inNamespaces(command, program, options.isolation)),
      ...command.args,
    ];
    const ending = await superviseGroup(argv, { ...command, confined }, file, options.grace ?? usualGrace);
    if (confined !== undefined) {
      return { ...ending, sandbox: options.isolation.missing.length === 0 ? 'whole' : 'partial' };
    }
    const why = whyNotMounted(command, ending);
    return why === undefined ? ending : { ...ending, exitCode: undefined, spawnError: why };
  } catch (error) {
    if (isSystemError(error)) return { ...notStarted, spawnError: error.code };
    throw error;
  } finally {
    limited?.leave();
    await file?.close();
  }
}

/** Undefined for a command that does not say what it sees, and on a machine without a sandbox. */
async function inSandbox(
  command: Command,
  program: string,
  { isolation, credentials }: RunProcessOptions,
): Promise<Confined | undefined> {
  const { sees, network } = command;
  if (sees === undefined || sees === 'machine' || isolation.sandbox === undefined) return undefined;
  const own = network === 'allowed' ? await credentials?.(command) : undefined;
  return confine({ ...command, sees: joinViews(sees, own) }, program, isolation.sandbox);
}

function inNamespaces(
  { mounted, network, cwd }: Command,
  program: string,
  { prefix }: Isolation,
): readonly string[] {
  return [...prefix[network], ...(mounted === undefined ? [] : mountPrefix(mounted, cwd)), program];
}

async function superviseGroup(
  argv: readonly string[],
  command: Command & { readonly confined: Confined | undefined },
  stdoutFile: FileHandle | undefined,
  grace: number,
): Promise<Ending> {
  const [program = '', ...args] = argv;
  // Loaded where a process is really started: many commands start none.
  const { execa } = await import('execa');
  const { confined } = command;
  const child = execa(program, args, {
    cwd: confined === undefined ? (command.mounted?.folder ?? command.cwd) : '/',
    env: command.env,
    extendEnv: false,
    reject: false,
    // A new session, hence a new process group: signals of the terminal do not reach it, ours reach all of it.
    detached: true,
    buffer: false,
    ...defined({ input: command.input }),
    stdio: [
      command.input === undefined ? 'ignore' : 'pipe',
      // execa takes any descriptor; its types name those from 3 to 9.
      stdoutFile === undefined ? 'pipe' : (stdoutFile.fd as 3),
      'pipe',
      ...(confined?.filter === undefined ? [] : [confined.filter]),
    ],
  });
  const { pid } = child;
  if (pid !== undefined) keepGroup(pid);
  const signalAll = (signal: NodeJS.Signals): void => {
    if (pid !== undefined) signalGroup(pid, signal);
  };

  let aborted = false;
  let killTimer: NodeJS.Timeout | undefined;
  const end = (): void => {
    signalAll('SIGTERM');
    killTimer ??= setTimeout(() => signalAll('SIGKILL'), grace);
  };
  const stopped = (): void => {
    aborted = true;
    if (command.signal?.reason === atOnce) signalAll('SIGKILL');
    else end();
  };
  command.signal?.addEventListener('abort', stopped, { once: true });
  // It may have fired while this was got ready.
  if (command.signal?.aborted) stopped();
  const patience = command.limits?.seconds;
  let timedOut: number | undefined;
  const limitTimer =
    patience === undefined
      ? undefined
      : setTimeout(() => {
          timedOut = patience;
          end();
        }, patience * 1000);

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
    signalAll('SIGKILL');
    drainTimer = setTimeout(() => {
      child.stdout?.destroy();
      child.stderr?.destroy();
    }, drainTime);
  });
  try {
    const result = await child;
    lines?.end();
    const output = { aborted, stdout: stdout.text(), stderr: stderr.text(), ...defined({ timedOut }) };
    if (ended === undefined) return { ...notStarted, ...output, spawnError: result.code ?? 'unknown' };
    return { ...ended, ...output, spawnError: undefined };
  } finally {
    if (pid !== undefined) dropGroup(pid);
    clearTimeout(killTimer);
    clearTimeout(drainTimer);
    clearTimeout(limitTimer);
    command.signal?.removeEventListener('abort', stopped);
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
