import { execa } from 'execa';
import type { Isolation } from '../process/isolation.ts';
import { findProgram } from '../process/program-path.ts';
import { confine } from '../process/sandbox.ts';

interface GitObject {
  readonly id: string;
  readonly type: string;
  readonly content: Buffer;
}

/** One `git cat-file --batch` for many objects: a fraction of a millisecond each instead of several. */
export interface ObjectReader {
  /**
   * The object of a name such as `<commit>:<path>` or `<commit>^{tree}`, undefined where there is none, or one of more than 64 MiB. Calls need not
   * wait for one another; the answers come in order. Rejects where git itself ended: its words are in the message.
   */
  read(name: string): Promise<GitObject | undefined>;
  close(): Promise<void>;
}

interface Waiting {
  resolve(object: GitObject | undefined): void;
  reject(error: Error): void;
}

/**
 * @param options.env of `hermeticGitEnvironment`.
 * @throws Error where there is no git: `checkGit` says so before.
 */
export async function openObjectReader(
  gitDir: string,
  options: { readonly env: Readonly<Record<string, string>>; readonly isolation: Isolation },
): Promise<ObjectReader> {
  const git = await findProgram('git', options.env['PATH'] ?? '', '/');
  if (git === undefined) throw new Error('git is not on the PATH');
  const { sandbox, prefix } = options.isolation;
  const command = {
    ...{ program: git, args: [], cwd: '/', env: options.env, network: 'none' as const },
    sees: { reads: [gitDir] },
  };
  const confined = sandbox === undefined ? undefined : await confine(command, git, sandbox);
  const [program = git, ...args] = [
    ...(confined?.argv ?? [...prefix.allowed, git]),
    `--git-dir=${gitDir}`,
    'cat-file',
    '--batch',
  ];
  const child = execa(program, args, {
    cwd: '/',
    env: options.env,
    extendEnv: false,
    reject: false,
    detached: true,
    buffer: { stdout: false },
    stdio: ['pipe', 'pipe', 'pipe', ...(confined?.filter === undefined ? [] : [confined.filter])],
  });

  const waiting: Waiting[] = [];
  let failure: Error | undefined;
  const parser = createBatchParser((object) => waiting.shift()?.resolve(object));
  child.stdout.on('data', (chunk: Buffer) => parser(chunk));
  // A write after git ended; the end itself says why.
  child.stdin.on('error', () => {});
  const end = child.then((result) => {
    failure = new Error(`git cat-file ended: ${result.stderr || result.shortMessage || 'it was closed'}`);
    for (const each of waiting.splice(0)) each.reject(failure);
  });
  return {
    read(name) {
      if (name.includes('\n')) throw new TypeError('an object name with a line end cannot be asked for');
      if (failure !== undefined) return Promise.reject(failure);
      return new Promise((resolve, reject) => {
        waiting.push({ resolve, reject });
        child.stdin.write(`${name}\n`);
      });
    },
    async close() {
      child.stdin.end();
      await end;
    },
  };
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
      if (end - start > largest) {
        onObject(undefined);
        passing = Math.max(0, needed - rest.length);
        rest = rest.subarray(needed);
        continue;
      }
      if (rest.length < needed) break;
      // A copy, so that a small object does not keep a large buffer alive.
      onObject({
        id: header[1] ?? '',
        type: header[2] ?? '',
        content: Buffer.from(rest.subarray(start, end)),
      });
      rest = rest.subarray(needed);
    }
    chunks = rest.length === 0 ? [] : [rest];
    length = rest.length;
  };
}
