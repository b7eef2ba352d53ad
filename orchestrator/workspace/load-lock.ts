import { readdir, readFile } from 'node:fs/promises';
import { join, relative } from 'node:path';
import type { Lock } from '../config/lock/lock.ts';
import { sealOf } from '../config/lock/seal.ts';
import type { Diagnostic } from '../core/diagnostic.ts';
import type { Failure } from '../core/failure.ts';
import { err, ok, type Result } from '../core/result.ts';
import type { Host } from '../host.ts';
import { decodedOnce } from './decoded.ts';
import { nearestNames } from './nearest.ts';
import { shownPath } from './shown-path.ts';
import type { Workspace } from './workspace.ts';

export interface LoadedLock {
  readonly lock: Lock;
  /** Absolute. */
  readonly file: string;
}

const suffix = '.lock.yaml';

/** Where a release's lock is written. */
export function lockFileIn(root: string, release: string): string {
  return join(root, 'releases', `${release}${suffix}`);
}

/**
 * Reads a release's lock from the root, or from those that come with the package.
 * Errors: `unknown-name` with the nearest locks, `configuration`.
 */
export async function loadLock(
  workspace: Workspace,
  release: string,
  host: Host,
): Promise<Result<LoadedLock, Failure>> {
  const known = await lockedReleases(workspace);
  const file = known.get(release);
  if (file === undefined) {
    const isTag = /^v1-[0-9]+-eks-[0-9]+$/.test(release);
    const help = isTag
      ? `It has no lock in ${relative(host.cwd, join(workspace.root, 'releases')) || '.'}: run "eksd-rebuild import ${release}" first.`
      : 'A release is called by its tag, such as v1-30-eks-5; "eksd-rebuild releases" lists them.';
    return err({
      reason: 'unknown-name',
      what: 'release',
      name: release,
      nearest: nearestNames(release, known.keys()),
      help,
    });
  }
  const lock = await readLockFile(file, workspace, host);
  return lock.ok ? ok({ lock: lock.value, file }) : err({ reason: 'configuration', diagnostics: lock.error });
}

/** Reads a lock file. Errors: those of `readLock`. */
export async function readLockFile(
  file: string,
  workspace: Pick<Workspace, 'cache'>,
  host: Host,
): Promise<Result<Lock, readonly Diagnostic[]>> {
  const text = await readFile(file, 'utf8');
  const decode = async () => {
    const { readLock } = await import('../config/lock/lock-file.ts');
    return readLock(shownPath(file, host.cwd), text);
  };
  // Whatever the cache says, what is expected of files is what the seal in the lock itself stands for.
  const isOf = (lock: Lock) => text.includes(`\ndigest: ${lock.digest}\n`) && sealOf(lock) === lock.digest;
  return decodedOnce(text, { as: 'lock', decode, isOf }, workspace, host);
}

/** The locks at hand by release; those of the root come before those of the package. */
export async function lockedReleases(workspace: Workspace): Promise<ReadonlyMap<string, string>> {
  const found = new Map<string, string>();
  for (const place of workspace.searchPath) {
    const folder = join(place, 'releases');
    for (const name of await readdir(folder).catch(() => [])) {
      const release = name.slice(0, -suffix.length);
      if (name.endsWith(suffix) && !found.has(release)) found.set(release, join(folder, name));
    }
  }
  return found;
}
