import { defined } from '../../core/defined.ts';
import type { Failure } from '../../core/failure.ts';
import { untrustedCertificate } from '../../core/network-words.ts';
import { err, ok, type Result } from '../../core/result.ts';
import { lookAtCertificate } from '../http/look-at-certificate.ts';
import { failureOf } from '../process/command-failure.ts';
import { isTruncated } from '../process/output-tail.ts';
import { type Command, type ProcessOutcome, type RunProcess, succeeded } from '../process/process.ts';
import { elsewhere, fetchFailure, type Wanted } from './failure.ts';

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
 * What the user's configuration may not change: no hooks, no housekeeping behind our back, and a connection over which next to nothing
 * comes for three minutes is given up (git itself would wait for ever): less than what a server says of a pack that it makes ready.
 */
const settings = [
  'core.hooksPath=/dev/null',
  'gc.auto=0',
  'maintenance.auto=false',
  'clone.defaultRemoteName=origin',
  'fetch.recurseSubmodules=false',
  'http.lowSpeedLimit=50',
  'http.lowSpeedTime=180',
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
  if (!succeeded(outcome) || outcome.aborted) {
    const failure = fetchFailure(shown, outcome, wanted);
    return err((await whyUntrusted(failure, outcome.stderr, wanted)) ?? failure);
  }
  if (!isTruncated(outcome.stdout)) return ok(outcome);
  return err(failureOf(shown, { ...outcome, stderr: 'it wrote more than is kept in memory' }));
}

/** GnuTLS says of a certificate no more than that it does not pass: then somebody else looks at it. */
async function whyUntrusted(
  { reason }: Failure,
  said: string,
  { repository }: Wanted,
): Promise<Failure | undefined> {
  if (reason !== 'usage') return undefined;
  const [, host, port] =
    /https:\/\/(?:[^/@']*@)?([^/:']+)(?::([0-9]+))?.*server certificate verification failed/.exec(said) ?? [];
  if (host === undefined) return undefined;
  const why = (await lookAtCertificate(host, Number(port ?? 443))) ?? 'unknown authority';
  const place = port === undefined ? host : `${host}:${port}`;
  return untrustedCertificate(place, `reading ${repository}`, `git did not take it: ${why}`);
}

/** A branch or a tag of another repository. */
export interface RemoteRef {
  /** What it points at: for an annotated tag the tag's own object. */
  readonly object: string;
  /** The commit that an annotated tag leads to; else the same as `object`. */
  readonly peeled: string;
}

/**
 * All branches and tags of a repository, by their full names: at least one. Errors: those of `fetchFailure`; `fetch-failed` for none.
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
  return refs.size === 0 ? err(emptyRepository(wanted)) : ok(refs);
}

/**
 * Git takes an answer without a word for a repository without a branch. That says nothing of what was asked for: a server that is ill
 * answers so, and what stands before it.
 */
export function emptyRepository({ repository }: Pick<Wanted, 'repository'>): Failure {
  const detail = 'what answered has no branch and no tag, as an empty answer has none';
  return { reason: 'fetch-failed', what: `reading ${repository}`, detail, help: elsewhere };
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
