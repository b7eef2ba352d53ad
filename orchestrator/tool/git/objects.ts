import { execa } from 'execa';
import type { Failure } from '../../core/failure.ts';
import { err, ok, type Result } from '../../core/result.ts';
import { lastLines } from '../process/command-failure.ts';
import { dropGroup, keepGroup, signalGroup } from '../process/group.ts';
import type { Isolation } from '../process/isolation.ts';
import { findProgram } from '../process/program-path.ts';
import { confine } from '../process/sandbox.ts';
import { damaged, type ReadClone } from './damage.ts';

interface GitObject {
  readonly id: string;
  readonly type: string;
  /** Undefined for one of more than 64 MiB, and for one that a partial clone was promised and that nobody gives. */
  readonly content: Buffer | undefined;
}

/** One `git cat-file --batch` for many objects: a fraction of a millisecond each instead of several. */
export interface ObjectReader {
  /**
   * The object of a name such as `<commit>:<path>` or `<commit>^{tree}`, undefined where there is none. Calls need not wait for one
   * another; the answers come in order. Errors: `clone-damaged` for an object at which git ended: the others are read all the same;
   * `aborted`.
   */
  read(name: string): Promise<Result<GitObject | undefined, Failure>>;
  close(): Promise<void>;
}

/** A git that answers. */
interface Batch {
  ask(name: string): void;
  close(): Promise<void>;
}

interface Waiting {
  readonly name: string;
  readonly answer: (object: Result<GitObject | undefined, Failure>) => void;
}

export interface ReaderOptions {
  /** Of `hermeticGitEnvironment`. */
  readonly env: Readonly<Record<string, string>>;
  readonly isolation: Isolation;
  readonly signal: AbortSignal;
}

/** Errors: `missing-program`. */
export async function openObjectReader(
  clone: ReadClone,
  { env, isolation, signal }: ReaderOptions,
): Promise<Result<ObjectReader, Failure>> {
  const git = await findProgram('git', env['PATH'] ?? '', '/');
  if (git === undefined) {
    const help = 'Install git: all sources are read through it.';
    return err({ reason: 'missing-program', program: 'git', help });
  }
  const { sandbox, prefix } = isolation;
  const command = {
    ...{ program: git, args: [], cwd: '/', env, network: 'none' as const },
    sees: { reads: [clone.gitDir] },
  };
  const confined = sandbox === undefined ? undefined : await confine(command, git, sandbox);
  const [program = git, ...args] = [
    ...(confined?.argv ?? [...prefix.allowed, git]),
    `--git-dir=${clone.gitDir}`,
    'cat-file',
    '--batch',
  ];
  const waiting: Waiting[] = [];
  let batch: Batch | undefined;

  /** Has a new git answer all who wait: the one before it ended, at the object of the first. */
  const start = (): Batch => {
    const child = execa(program, args, {
      cwd: '/',
      env,
      extendEnv: false,
      reject: false,
      detached: true,
      buffer: { stdout: false },
      stdio: ['pipe', 'pipe', 'pipe', ...(confined?.filter === undefined ? [] : [confined.filter])],
    });
    const { pid } = child;
    if (pid !== undefined) keepGroup(pid);
    const stop = (): void => {
      if (pid !== undefined) signalGroup(pid, 'SIGKILL');
    };
    signal.addEventListener('abort', stop, { once: true });
    const parser = createBatchParser((object) => waiting.shift()?.answer(ok(object)));
    child.stdout.on('data', (chunk: Buffer) => parser(chunk));
    // A write after git ended; the end itself says why.
    child.stdin.on('error', () => {});
    const ended = child.then(({ stderr, shortMessage }) => {
      signal.removeEventListener('abort', stop);
      if (pid !== undefined) dropGroup(pid);
      batch = undefined;
      const said = lastLines(stderr || shortMessage || 'git ended', 3);
      for (const { name, answer } of waiting.splice(0, signal.aborted ? waiting.length : 1)) {
        if (signal.aborted) answer(err({ reason: 'aborted' }));
        else if (isPromised(name, said)) answer(ok({ id: name, type: 'blob', content: undefined }));
        else answer(err(damaged(clone, `Object ${name}`, said)));
      }
      if (waiting.length > 0) batch = start();
    });
    for (const { name } of waiting) child.stdin.write(`${name}\n`);
    return {
      ask: (name) => void child.stdin.write(`${name}\n`),
      async close() {
        child.stdin.end();
        await ended;
      },
    };
  };
  return ok({
    read(name) {
      if (name.includes('\n')) throw new TypeError('an object name with a line end cannot be asked for');
      if (signal.aborted) return Promise.resolve(err({ reason: 'aborted' }));
      return new Promise((answer) => {
        waiting.push({ name, answer });
        if (batch === undefined) batch = start();
        else batch.ask(name);
      });
    },
    async close() {
      await batch?.close();
    },
  });
}

/** Whether git ended because a clone was made without that object on purpose (gitpartial-clone(7)): nothing is damaged then. */
function isPromised(name: string, said: string): boolean {
  return said.includes(`could not fetch ${name} from promisor remote`);
}

/** Bytes: what somebody keeps in a repository may have any size, and is kept in memory here. */
const largest = 64 * 1024 ** 2;

/** Reads what `git cat-file --batch` prints: a header line, then as many bytes as it says, then a line end. */
function createBatchParser(onObject: (object: GitObject | undefined) => void): (chunk: Buffer) => void {
  let chunks: Buffer[] = [];
  let length = 0;
  let needed = 1;
  /** Bytes to come of an object that is too large. */
  let passing = 0;
  return (received) => {
    const chunk = received.subarray(passing);
    passing = Math.max(0, passing - received.length);
    if (chunk.length === 0) return;
    chunks.push(chunk);
    length += chunk.length;
    if (length < needed) return;
    let rest = Buffer.concat(chunks);
    for (;;) {
      const lineEnd = rest.indexOf(0x0a);
      needed = rest.length + 1;
      if (lineEnd < 0) break;
      const header = /^([0-9a-f]{40,64}) ([a-z]+) ([0-9]+)$/.exec(rest.toString('latin1', 0, lineEnd));
      const start = lineEnd + 1;
      if (header === null) {
        onObject(undefined);
        rest = rest.subarray(start);
        continue;
      }
      const end = start + Number(header[3]);
      needed = end + 1;
      const [, id = '', type = ''] = header;
      if (end - start > largest) {
        onObject({ id, type, content: undefined });
        passing = Math.max(0, needed - rest.length);
        rest = rest.subarray(needed);
        continue;
      }
      if (rest.length < needed) break;
      // A copy, so that a small object does not keep a large buffer alive.
      onObject({ id, type, content: Buffer.from(rest.subarray(start, end)) });
      rest = rest.subarray(needed);
    }
    chunks = rest.length === 0 ? [] : [rest];
    length = rest.length;
  };
}
