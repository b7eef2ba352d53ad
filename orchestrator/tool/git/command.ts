import { defined } from '../../core/defined.ts';
import type { Failure } from '../../core/failure.ts';
import { err, ok, type Result } from '../../core/result.ts';
import { failureOf } from '../process/command-failure.ts';
import { isTruncated } from '../process/output-tail.ts';
import { type Command, type RunProcess, succeeded } from '../process/process.ts';
import { joinViews, type View } from '../process/view.ts';

/** Git as it is run on local repositories: without a network, and with nothing of the user's configuration. */
export interface LocalGit {
  readonly run: RunProcess;
  /** Of `hermeticGitEnvironment`. */
  readonly env: Readonly<Record<string, string>>;
  readonly signal?: AbortSignal;
}

/** Where a git command works, and what else it gets. */
export interface GitOptions {
  /** Absolute path of the repository itself: a bare one, or a `.git`. */
  readonly gitDir?: string;
  /** Absolute path of the checkout, where there is one; the command runs in it. */
  readonly workTree?: string;
  readonly input?: string | Uint8Array;
  readonly stdoutFile?: string;
  /** Besides the repository and the checkout, which are only read. */
  readonly sees?: View;
  /** Added to the environment. */
  readonly env?: Readonly<Record<string, string>>;
}

/** The command for git's arguments, without a network. */
export function gitCommand(
  git: Omit<LocalGit, 'run'>,
  args: readonly string[],
  options: GitOptions,
): Command {
  const { gitDir, workTree, env, sees, ...rest } = options;
  const place = [
    ...(gitDir === undefined ? [] : [`--git-dir=${gitDir}`]),
    ...(workTree === undefined ? [] : [`--work-tree=${workTree}`]),
  ];
  return {
    program: 'git',
    args: [...place, ...args],
    cwd: workTree ?? gitDir ?? '/',
    env: { ...git.env, ...env },
    network: 'none',
    sees: joinViews({ reads: [gitDir, workTree].filter((path) => path !== undefined) }, sees),
    ...rest,
    ...defined({ signal: git.signal }),
  };
}

/**
 * Runs git and gives its standard output, which has to be below 4 MB: longer ones go to `stdoutFile`.
 * Errors: `aborted`, `missing-program`, `disk-full`, `command-failed`.
 */
export async function runGit(
  git: LocalGit,
  args: readonly string[],
  options: GitOptions,
): Promise<Result<string, Failure>> {
  const command = gitCommand(git, args, options);
  const outcome = await git.run(command);
  if (!succeeded(outcome) || outcome.aborted) return err(failureOf(command, outcome));
  if (!isTruncated(outcome.stdout)) return ok(outcome.stdout);
  return err(failureOf(command, { ...outcome, stderr: 'it wrote more than is kept in memory' }));
}
