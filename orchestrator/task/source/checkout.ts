import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { canonicalJson } from '../../core/canonical-json.ts';
import type { Failure } from '../../core/failure.ts';
import { err, ok, type Result } from '../../core/result.ts';
import type { CheckoutNode } from '../../plan/node-go.ts';
import type { GitClones } from '../../tool/git/clones.ts';
import { runGit } from '../../tool/git/command.ts';
import { failureOf } from '../../tool/process/command-failure.ts';
import { type Command, succeeded } from '../../tool/process/process.ts';
import type { Outputs, TaskContext } from '../task.ts';
import { factsFile, type SourceFacts } from './facts.ts';

export interface CheckoutOptions {
  readonly clones: GitClones;
  /** Of `hermeticGitEnvironment`. */
  readonly gitEnv: Readonly<Record<string, string>>;
}

/**
 * A folder of a repository at a commit, for what has no release of its own: `source/<folder>`, without a `.git`, so that
 * nothing of the repository is stamped into what is built of it, as where a Dockerfile copies it.
 * Errors: those of `GitClones.ensure`; `source-unavailable` where the commit has no such folder.
 */
export async function checkOut(
  { repository, commit, folder }: CheckoutNode,
  context: TaskContext,
  { clones, gitEnv }: CheckoutOptions,
): Promise<Result<Outputs, Failure>> {
  const clone = await clones.ensure(repository, { kind: 'commit', commit }, context);
  if (!clone.ok) return clone;
  const { gitDir } = clone.value;
  const git = { run: context.run, env: gitEnv, signal: context.signal };
  const kind = await runGit(git, ['cat-file', '-t', `${commit}:${folder}`], { gitDir });
  if (!kind.ok || kind.value.trim() !== 'tree') {
    const detail = 'the commit has no such folder';
    return err({ reason: 'source-unavailable', repository, wanted: `${folder} of ${commit}`, detail });
  }
  const archive = join(context.scratch, 'folder.tar');
  const args = ['archive', '--format=tar', `--output=${archive}`, commit, folder];
  const packed = await runGit(git, args, { gitDir });
  if (!packed.ok) return packed;
  const source = join(context.output, 'source');
  await mkdir(source);
  const unpack: Command = {
    ...{ program: 'tar', args: ['-xf', archive, '-C', source], cwd: context.scratch, network: 'none' },
    env: { LC_ALL: 'C', PATH: gitEnv['PATH'] ?? '/usr/bin:/bin' },
    signal: context.signal,
  };
  const unpacked = await context.run(unpack);
  if (!succeeded(unpacked)) return err(failureOf(unpack, unpacked));
  await rm(archive, { force: true });
  const date = await runGit(git, ['show', '-s', '--format=%ct', commit], { gitDir });
  if (!date.ok) return date;
  await writeFile(join(context.output, factsFile), canonicalJson({ ...factsOf(commit, Number(date.value)) }));
  return ok({});
}

/** There is no tag, and none of what is said by tags: the commit stands for it. */
function factsOf(commit: string, seconds: number): SourceFacts {
  return {
    ...{ tag: commit, commit, head: commit, tagObject: commit },
    ...{ shortHead: commit, shortTag: commit, shortCommit: commit },
    ...{ headUnixTime: seconds, headAuthorUnixTime: seconds, commitUnixTime: seconds },
    headCommitterDate: `${new Date(seconds * 1000).toISOString().slice(0, 19)}+00:00`,
    describe: commit,
  };
}
