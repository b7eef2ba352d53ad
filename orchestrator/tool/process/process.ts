import type { Limits } from './limits.ts';
import { joinViews, type View } from './view.ts';

/** A process to run: argv without a shell, and nothing inherited but what is named here. */
export interface Command {
  /** A name that is looked up on `env.PATH`, or an absolute path. */
  readonly program: string;
  readonly args: readonly string[];
  readonly cwd: string;
  /** The whole environment. */
  readonly env: Readonly<Record<string, string>>;
  readonly input?: string | Uint8Array;
  /** `none`: without a network where the machine allows it (see `isolation.ts`). */
  readonly network: 'allowed' | 'none';
  readonly signal?: AbortSignal;
  /** Each line of standard error as it comes. */
  readonly onLine?: (line: string) => void;
  /** Standard output goes to this file instead of into memory. */
  readonly stdoutFile?: string;
  /** A folder that it sees elsewhere, in a mount namespace of its own; `cwd` may be there. */
  readonly mounted?: MountedFolder;
  /** All that it sees, in a sandbox, where the machine allows one (`sandbox.ts`). Absent, or `machine`: the machine as it is. */
  readonly sees?: View | 'machine';
  readonly limits?: Limits;
}

/** A folder that a command sees at another absolute path, and nobody else. */
export interface MountedFolder {
  readonly folder: string;
  /** Absolute, at least two folders deep; only the first one has to be there. */
  readonly at: string;
  /** An empty folder of the caller's to work with. */
  readonly scratch: string;
}

export interface ProcessOutcome {
  /** Undefined where it was ended by a signal or never started. */
  readonly exitCode: number | undefined;
  readonly signal: string | undefined;
  /** Why it never started: `ENOENT` where there is no such program. */
  readonly spawnError: string | undefined;
  readonly aborted: boolean;
  /** Seconds: how long it was allowed to take, where it was ended for that. */
  readonly timedOut?: number;
  /** What it saw no more of the machine in than it said: all of a sandbox, or what the machine allows of one. */
  readonly sandbox?: 'whole' | 'partial';
  readonly stdout: string;
  readonly stderr: string;
  /** Wall clock. */
  readonly seconds: number;
}

/** Why a signal fires that ends a command without a moment to heed it: it would go on to do harm. */
export const atOnce = Symbol('at once');

/** Why a process never started whose folder this user may not enter; that of another user, for one. */
export const unenterable = 'its folder may not be entered';

/** The one seam that unit tests replace. Never throws for what a process does. */
export type RunProcess = (command: Command) => Promise<ProcessOutcome>;

/** Has every command see this, too, but for one that says that it sees the machine. */
export function seeing(run: RunProcess, view: View): RunProcess {
  return (command) =>
    run(command.sees === 'machine' ? command : { ...command, sees: joinViews(view, command.sees) });
}

/** What a report says of a command. Paths of this machine are replaced by names: `$OUTPUT`, `$SCRATCH`, `$TREE(<node>)`. */
export interface CommandRecord {
  readonly argv: readonly string[];
  readonly cwd: string;
  readonly env: Readonly<Record<string, string>>;
  readonly exitCode: number | undefined;
  readonly seconds: number;
  /** What kept it from the network: `namespace`, `none` (nothing did), or `allowed` (it may use it). */
  readonly isolation: 'namespace' | 'none' | 'allowed';
  /** Whether it saw no more of the machine than it needs; `partial`: with what the machine allows of that. Absent: it saw all. */
  readonly sandbox?: 'whole' | 'partial';
}

export function succeeded(outcome: ProcessOutcome): boolean {
  return outcome.exitCode === 0;
}
