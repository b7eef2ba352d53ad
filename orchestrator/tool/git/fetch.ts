import { access, chmod, mkdtemp, readdir, rename, rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import type { Failure } from '../../core/failure.ts';
import { err, ok, type Result } from '../../core/result.ts';
import { ensureFolder } from '../file/ensure-folder.ts';
import { type LocalGit, runGit } from './command.ts';
import { emptyRepository, lsRemote, type RemoteGit, type RemoteRef, runRemoteGit } from './remote.ts';

/** A repository, its clone's place, and the two gits that work on them. */
export interface Clone {
  /** Its own URL, not its mirror's. */
  readonly repository: string;
  /** What is read: the mirror's, where there is one. */
  readonly url: string;
  /** Where the bare clone is, or will be. Absolute. */
  readonly gitDir: string;
  readonly local: LocalGit;
  readonly remote: RemoteGit;
}

/**
 * Makes the clone beside its place and moves it there whole. The caller holds the clone's lock.
 * False where it was there already.
 */
export async function cloneIfMissing(clone: Clone): Promise<Result<boolean, Failure>> {
  if (await exists(clone.gitDir)) return ok(false);
  const parent = dirname(clone.gitDir);
  const prefix = `${basename(clone.gitDir)}.new-`;
  let temporary: string;
  try {
    ensureFolder(parent);
    // What a clone that was killed left behind.
    for (const name of await readdir(parent)) {
      if (name.startsWith(prefix)) await rm(join(parent, name), { recursive: true, force: true });
    }
    temporary = await mkdtemp(join(parent, prefix));
  } catch (error) {
    return err(folderFailure(error, parent));
  }
  try {
    const made = await cloneInto(temporary, clone);
    if (!made.ok) return made;
    // mkdtemp keeps it to its owner, and others may read what is in the cache.
    await chmod(temporary, 0o755);
    await rename(temporary, clone.gitDir);
    return ok(true);
  } finally {
    await rm(temporary, { recursive: true, force: true });
  }
}

async function cloneInto(folder: string, clone: Clone): Promise<Result<void, Failure>> {
  const { repository } = clone;
  const args = ['clone', '--bare', '--template=', '--progress', '--', clone.url, folder];
  const wanted = { repository, what: 'the repository' };
  const place = { cwd: dirname(folder), sees: { writes: [folder] } };
  const cloned = await runRemoteGit(clone.remote, args, place, wanted);
  if (!cloned.ok) return cloned;
  if (await exists(join(folder, 'shallow'))) {
    const detail = 'what was read is a shallow clone, and a full one is needed';
    return err({ reason: 'source-unavailable', repository, wanted: 'the full history', detail });
  }
  const first = await runGit(clone.local, ['for-each-ref', '--count=1'], { gitDir: folder });
  if (!first.ok) return first;
  if (first.value === '') return err(emptyRepository(clone));
  // Where it came from is said anew each time; a URL may hold a password.
  const forget = await runGit(clone.local, ['config', '--remove-section', 'remote.origin'], {
    gitDir: folder,
    sees: { writes: [folder] },
  });
  return forget.ok ? ok(undefined) : forget;
}

/**
 * All branches and tags of the other repository as they are now.
 * Errors: those of `fetchFailure`.
 */
export async function remoteRefs(
  clone: Clone,
  what: string,
): Promise<Result<ReadonlyMap<string, RemoteRef>, Failure>> {
  return lsRemote(clone.remote, clone.url, { repository: clone.repository, what });
}

/**
 * Fetches the branches as they are now, and the tags that are not in the clone yet. A tag that is there stays as it is,
 * wherever the other repository's points, unless `replaced` names it. The caller holds the clone's lock.
 * A branch whose name is taken by an older one (`a/b` where there was `a`) is left out; its commits come all the same.
 * Errors: those of `fetchFailure`.
 */
export async function fetchNew(
  clone: Clone,
  remote: ReadonlyMap<string, RemoteRef>,
  replaced?: string,
): Promise<Result<void, Failure>> {
  const { gitDir, repository } = clone;
  const listed = await runGit(clone.local, ['for-each-ref', '--format=%(refname)', 'refs/tags'], { gitDir });
  if (!listed.ok) return listed;
  const present = new Set(listed.value.split('\n'));
  const tags = [...remote.keys()].filter(
    (name) => name.startsWith('refs/tags/') && (!present.has(name) || name === replaced),
  );
  const refspecs = ['+refs/heads/*:refs/heads/*', ...tags.map((name) => `+${name}:${name}`), ''];
  const fetched = await runRemoteGit(
    clone.remote,
    [`--git-dir=${gitDir}`, 'fetch', '--no-tags', '--no-prune', '--progress', '--stdin', clone.url],
    { cwd: gitDir, input: refspecs.join('\n'), sees: { writes: [gitDir] } },
    { repository, what: 'what is new' },
  );
  if (fetched.ok) return ok(undefined);
  // Git ends with 1 where it only could not update some references, with 128 where it could not fetch.
  const isOnlyLeftOut = fetched.error.reason === 'command-failed' && fetched.error.exitCode === 1;
  return isOnlyLeftOut ? ok(undefined) : fetched;
}

/** A folder that cannot be made, for whatever reason: permissions, a read-only disk, a file in the way. */
function folderFailure(error: unknown, path: string): Failure {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  if (['ENOTDIR', 'EEXIST', 'ELOOP', 'ENOENT'].includes(String(code))) {
    const at = error instanceof Error && 'path' in error ? error.path : path;
    const help = 'Move it away, or use another folder (--cache, or EKSD_REBUILD_CACHE).';
    return { reason: 'system-error', detail: `what is in the way of ${at} is no folder`, help };
  }
  return code === 'ENOSPC' || code === 'EDQUOT'
    ? { reason: 'disk-full', path }
    : { reason: 'read-only', path };
}

export async function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}
