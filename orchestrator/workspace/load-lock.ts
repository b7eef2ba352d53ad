import { readdir, readFile } from 'node:fs/promises';
import { join, relative } from 'node:path';
import type { Lock } from '../config/lock/lock.ts';
import { readLock } from '../config/lock/lock-file.ts';
import type { Failure } from '../core/failure.ts';
import { err, ok, type Result } from '../core/result.ts';
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
  cwd: string,
): Promise<Result<LoadedLock, Failure>> {
  const known = await lockedReleases(workspace);
  const file = known.get(release);
  if (file === undefined) {
    const isTag = /^v1-[0-9]+-eks-[0-9]+$/.test(release);
    const help = isTag
      ? `It has no lock in ${relative(cwd, join(workspace.root, 'releases')) || '.'}: run "eksd-rebuild import ${release}" first.`
      : 'A release is called by its tag, such as v1-30-eks-5; "eksd-rebuild releases" lists them.';
    return err({
      reason: 'unknown-name',
      what: 'release',
      name: release,
      nearest: nearestNames(release, known.keys()),
      help,
    });
  }
  const lock = readLock(shownPath(file, cwd), await readFile(file, 'utf8'));
  return lock.ok ? ok({ lock: lock.value, file }) : err({ reason: 'configuration', diagnostics: lock.error });
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
