import { join } from 'node:path';
import type { Failure } from '../../core/failure.ts';
import { err, ok, type Result } from '../../core/result.ts';
import { cloneName, mirrorUrl } from '../http/mirrors.ts';
import type { RunProcess } from '../process/process.ts';
import { type Clone, cloneIfMissing, exists, fetchNew, remoteRefs } from './fetch.ts';
import { hasCommit, resolveTag } from './refs.ts';

/** Runs `body` while no other process holds the same name: `Store['withLock']`. */
type WithLock = <T>(name: string, signal: AbortSignal, body: () => Promise<T>) => Promise<T>;

export interface GitClonesOptions {
  /** The clones' own folder in the cache. Absolute. */
  readonly folder: string;
  /** From the settings: URL prefixes and what to read instead. */
  readonly mirrors: Readonly<Record<string, string>>;
  /** Of `hermeticGitEnvironment`. */
  readonly localEnv: Readonly<Record<string, string>>;
  /** Of `userGitEnvironment`. */
  readonly remoteEnv: Readonly<Record<string, string>>;
  readonly withLock: WithLock;
}

/** What a caller lends for the time of a call. */
export interface CloneContext {
  readonly run: RunProcess;
  readonly signal: AbortSignal;
  /** A few words on what is being done. */
  progress(text: string): void;
}

/** What has to be in the clone. A tag's `commit` is what it must point at, where that is known. */
export type WantedCommit =
  | { readonly kind: 'tag'; readonly tag: string; readonly commit?: string }
  | { readonly kind: 'commit'; readonly commit: string };

/** A commit that is in a clone. */
interface ClonedCommit {
  /** The bare repository. Absolute. */
  readonly gitDir: string;
  readonly commit: string;
}

/**
 * Full bare clones, one a repository, shared by all releases. Full, because abbreviated commits and `git describe`
 * depend on every object and tag. Nothing is ever taken out of a clone, and a tag in it changes only to what a lock says.
 */
export interface GitClones {
  /**
   * Makes sure that a commit is there: from the clone as it is, without a network, else by cloning or fetching.
   * Errors: `source-unavailable` (no such repository, tag or commit), `moved-tag`, `network`, `missing-program`,
   * `disk-full`, `read-only`, `aborted`, `command-failed`.
   */
  ensure(
    repository: string,
    wanted: WantedCommit,
    context: CloneContext,
  ): Promise<Result<ClonedCommit, Failure>>;
  /** Clones, or fetches whatever is new. Gives the bare repository. Errors: as above. */
  update(repository: string, context: CloneContext): Promise<Result<string, Failure>>;
}

export function createGitClones(options: GitClonesOptions): GitClones {
  const open = (repository: string, context: CloneContext): Clone => ({
    repository,
    url: mirrorUrl(repository, options.mirrors),
    gitDir: join(options.folder, `${cloneName(repository)}.git`),
    local: { run: context.run, env: options.localEnv, signal: context.signal },
    remote: {
      run: context.run,
      env: options.remoteEnv,
      signal: context.signal,
      onLine: (line) => {
        const step = stepIn(line);
        if (step !== undefined) context.progress(`cloning: ${step}`);
      },
    },
  });
  const locked = <T>(repository: string, context: CloneContext, body: () => Promise<T>): Promise<T> =>
    options.withLock(`git ${cloneName(repository)}`, context.signal, body);

  return {
    async ensure(repository, wanted, context) {
      const clone = open(repository, context);
      const found = await lookUp(clone, wanted);
      if (!found.ok) return found;
      if (isWanted(found.value, wanted)) return ok({ gitDir: clone.gitDir, commit: found.value });
      return locked(repository, context, () => obtain(clone, wanted, context));
    },
    update(repository, context) {
      const clone = open(repository, context);
      return locked(repository, context, async () => {
        const isNew = await cloneIfMissing(clone);
        if (!isNew.ok) return isNew;
        const fetched = isNew.value ? ok(undefined) : await fetchAll(clone);
        return fetched.ok ? ok(clone.gitDir) : fetched;
      });
    },
  };
}

/** What git's progress says: `Receiving objects:  45% (123/274), 1.20 MiB | 640.00 KiB/s`. */
function stepIn(line: string): string | undefined {
  const [, what, part, rest = ''] =
    /^(?:remote: )?(Counting|Compressing|Receiving|Resolving) .*?([0-9]+%)(?: \([0-9/]+\))?(?:, ([0-9.]+ \w+ \| [0-9.]+ \w+\/s))?/.exec(
      line,
    ) ?? [];
  if (what === undefined) return undefined;
  return [`${what.toLowerCase()} ${part}`, ...rest.split(' | ')].filter((word) => word !== '').join(', ');
}

async function fetchAll(clone: Clone): Promise<Result<void, Failure>> {
  const remote = await remoteRefs(clone, 'the repository');
  return remote.ok ? fetchNew(clone, remote.value) : remote;
}

/** Under the lock: clones or fetches until what is wanted is there. */
async function obtain(
  clone: Clone,
  wanted: WantedCommit,
  context: CloneContext,
): Promise<Result<ClonedCommit, Failure>> {
  context.progress((await exists(clone.gitDir)) ? 'fetching' : 'cloning');
  const isNew = await cloneIfMissing(clone);
  if (!isNew.ok) return isNew;
  // Another process may have brought it while this one waited.
  let found = await lookUp(clone, wanted);
  if (!found.ok) return found;
  if (!isWanted(found.value, wanted) && !isNew.value) {
    const fetched = await fetchWanted(clone, wanted);
    if (!fetched.ok) return fetched;
    found = await lookUp(clone, wanted);
    if (!found.ok) return found;
  }
  return isWanted(found.value, wanted)
    ? ok({ gitDir: clone.gitDir, commit: found.value })
    : err(whyMissing(clone, wanted, found.value));
}

/**
 * Fetches, unless the other repository says that it would be of no use. Where the clone has the tag, but not as the lock
 * says, and the other repository agrees with the lock, it is the clone that is out of date: then the tag is replaced.
 */
async function fetchWanted(clone: Clone, wanted: WantedCommit): Promise<Result<void, Failure>> {
  if (wanted.kind === 'commit') return fetchAll(clone);
  const remote = await remoteRefs(clone, `tag ${wanted.tag}`);
  if (!remote.ok) return remote;
  const name = `refs/tags/${wanted.tag}`;
  const there = remote.value.get(name);
  if (!isWanted(there?.peeled, wanted)) return err(whyMissing(clone, wanted, there?.peeled));
  return fetchNew(clone, remote.value, name);
}

/** The commit that the clone has for what is wanted, undefined where it has none. */
async function lookUp(clone: Clone, wanted: WantedCommit): Promise<Result<string | undefined, Failure>> {
  if (!(await exists(clone.gitDir))) return ok(undefined);
  if (wanted.kind === 'tag') {
    const tag = await resolveTag(clone.local, clone.gitDir, wanted.tag);
    return tag.ok ? ok(tag.value?.commit) : tag;
  }
  const has = await hasCommit(clone.local, clone.gitDir, wanted.commit);
  return has.ok ? ok(has.value ? wanted.commit : undefined) : has;
}

function isWanted(commit: string | undefined, wanted: WantedCommit): commit is string {
  return commit !== undefined && (wanted.commit === undefined || commit === wanted.commit);
}

function whyMissing(clone: Clone, wanted: WantedCommit, found: string | undefined): Failure {
  const { repository } = clone;
  if (wanted.kind === 'commit') {
    const detail = 'no branch or tag of it leads to that commit';
    return { reason: 'source-unavailable', repository, wanted: `commit ${wanted.commit}`, detail };
  }
  if (found !== undefined && wanted.commit !== undefined) {
    return { reason: 'moved-tag', repository, tag: wanted.tag, locked: wanted.commit, found };
  }
  return {
    reason: 'source-unavailable',
    repository,
    wanted: `tag ${wanted.tag}`,
    detail: 'it has no such tag',
  };
}
