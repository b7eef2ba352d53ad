import { defined } from '../../core/defined.ts';
import type { Failure } from '../../core/failure.ts';
import { err, ok, type Result } from '../../core/result.ts';
import { failureOf } from '../process/command-failure.ts';
import { isTruncated } from '../process/output-tail.ts';
import { type Command, type ProcessOutcome, type RunProcess, succeeded } from '../process/process.ts';
import { fetchFailure, type Wanted } from './failure.ts';

/** Git as it is run on other repositories: with a network and the user's own configuration. */
export interface RemoteGit {
  readonly run: RunProcess;
  /** Of `userGitEnvironment`. */
  readonly env: Readonly<Record<string, string>>;
  readonly signal?: AbortSignal;
  /** Each line of git's progress. */
  readonly onLine?: (line: string) => void;
}

/**
 * What the user's configuration may not change: no hooks, no housekeeping behind our back, and a connection over which
 * nothing at all comes for two minutes is given up (git itself would wait for ever).
 */
const settings = [
  'core.hooksPath=/dev/null',
  'gc.auto=0',
  'maintenance.auto=false',
  'clone.defaultRemoteName=origin',
  'fetch.recurseSubmodules=false',
  'http.lowSpeedLimit=1',
  'http.lowSpeedTime=120',
];

/** Runs git where it may need a network. Errors: those of `fetchFailure`. */
export async function runRemoteGit(
  git: RemoteGit,
  args: readonly string[],
  options: Pick<Command, 'cwd' | 'input' | 'sees'>,
  wanted: Wanted,
): Promise<Result<ProcessOutcome, Failure>> {
  const command: Command = {
    program: 'git',
    args: [...settings.flatMap((setting) => ['-c', setting]), ...args],
    env: git.env,
    network: 'allowed',
    sees: {},
    ...options,
    ...defined({ signal: git.signal, onLine: git.onLine }),
  };
  const outcome = await git.run(command);
  // A person needs none of the settings to try it again.
  const shown = { ...command, args };
  if (!succeeded(outcome) || outcome.aborted) return err(fetchFailure(shown, outcome, wanted));
  if (!isTruncated(outcome.stdout)) return ok(outcome);
  return err(failureOf(shown, { ...outcome, stderr: 'it wrote more than is kept in memory' }));
}

/** A branch or a tag of another repository. */
export interface RemoteRef {
  /** What it points at: for an annotated tag the tag's own object. */
  readonly object: string;
  /** The commit that an annotated tag leads to; else the same as `object`. */
  readonly peeled: string;
}

/**
 * All branches and tags of a repository, by their full names.
 * @param url a mirror's, where there is one.
 */
export async function lsRemote(
  git: RemoteGit,
  url: string,
  wanted: Wanted,
): Promise<Result<ReadonlyMap<string, RemoteRef>, Failure>> {
  const listed = await runRemoteGit(git, ['ls-remote', '--heads', '--tags', '--', url], { cwd: '/' }, wanted);
  if (!listed.ok) return listed;
  const refs = new Map<string, RemoteRef>();
  for (const [, id = '', name = '', peeled] of listed.value.stdout.matchAll(
    /^([0-9a-f]{40})\t(.*?)(\^\{\})?$/gm,
  )) {
    const object = peeled === undefined ? id : (refs.get(name)?.object ?? id);
    refs.set(name, { object, peeled: id });
  }
  return ok(refs);
}

/** Each tag of a repository and the commit that it leads to. Errors: `source-unavailable`, `network`, ... */
export async function lsRemoteTags(
  git: RemoteGit,
  url: string,
  repository: string,
): Promise<Result<ReadonlyMap<string, string>, Failure>> {
  const refs = await lsRemote(git, url, { repository, what: 'the repository' });
  if (!refs.ok) return refs;
  const tags = [...refs.value].filter(([name]) => name.startsWith('refs/tags/'));
  return ok(new Map(tags.map(([name, ref]) => [name.slice('refs/tags/'.length), ref.peeled])));
}
