import type { Credentials } from './core/credentials.ts';

/** Everything that the program may know of the process and the machine. Read in `cli.ts`, replaced by tests. */
export interface Host {
  readonly env: Readonly<Record<string, string>>;
  /** Absolute. */
  readonly cwd: string;
  /** The folder of the package: `projects/`, `releases/` and `examples/` are below it. Absolute. */
  readonly packageFolder: string;
  /** For people: `eksd-rebuild 0.1.0`, with the commit where it is known. */
  readonly version: string;
  readonly pid: number;
  /** As Go names it: `linux/amd64`. */
  readonly platform: string;
  /** The user's folder as the password database has it; undefined where the user is not in it. See `userFolders`. */
  readonly accountHome: string | undefined;
  /** The user that this process runs as; undefined where the system has no numbers for users. */
  readonly uid: number | undefined;
  /** SHA-256 that stands for all of this program; undefined where it runs from its sources, which change. */
  readonly build: string | undefined;
  readonly cores: number;
  /** Bytes. */
  readonly memory: number;
  readonly hostName: string;
  /** What the URLs of the command line and of the settings had of users and passwords: filled when they are read. */
  readonly credentials: Credentials;
  readonly stdout: Output;
  readonly stderr: Output;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  /** From 0 up to, not including, 1. */
  readonly random: () => number;
  /** Ends after so many milliseconds, or when the signal fires. */
  readonly wait: (milliseconds: number, signal: AbortSignal) => Promise<void>;
  /** Aborted at the first SIGINT, SIGTERM or SIGHUP, and where nobody reads what is written. */
  readonly signal: AbortSignal;
}

export interface Output {
  /** Text. What acts on a terminal in it, but for this program's colours, is shown and does nothing: see `main.ts`. */
  write(text: string): void;
  /** As it is: of live views, which move the cursor. What is not ours is made visible before it comes into one. */
  draw(text: string): void;
  readonly isTerminal: boolean;
  /** Characters, 0 where nobody knows; may change while a terminal is used. Commands see one that can be read: see `main.ts`. */
  readonly columns: number;
  readonly rows: number;
  readonly hasColours: boolean;
}
