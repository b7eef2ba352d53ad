import { basename, join, relative } from 'node:path';
import type { Lock } from '../config/lock/lock.ts';
import { sealOf } from '../config/lock/seal.ts';
import { nearestNames } from '../config/nearest.ts';
import { type Diagnostic, locate } from '../core/diagnostic.ts';
import type { Failure } from '../core/failure.ts';
import { isReleaseName, type ReleaseName } from '../core/names.ts';
import { err, ok, type Result } from '../core/result.ts';
import type { Host } from '../host.ts';
import { listNames, readText, sizeLimit } from '../tool/file/read-file.ts';
import { decodedOnce } from './decoded.ts';
import { shownPath } from './shown-path.ts';
import type { Workspace } from './workspace.ts';

export interface LoadedLock {
  readonly lock: Lock;
  /** Absolute. */
  readonly file: string;
}

const suffix = '.lock.yaml';

/** Where the locks are, below a root. */
export function locksFolderIn(root: string): string {
  return join(root, 'releases');
}

/** The name of a release's lock. */
export function lockName(release: ReleaseName): string {
  return `${release}${suffix}`;
}

/**
 * Reads a release's lock from the root, or from those that come with the package. @param others what else a release may be called.
 * Errors: `unknown-name` with the nearest locks, `configuration`.
 */
export async function loadLock(
  workspace: Workspace,
  release: string,
  host: Host,
  others: readonly string[] = [],
): Promise<Result<LoadedLock, Failure>> {
  const known = await lockedReleases(workspace);
  if (!known.ok) return err({ reason: 'configuration', diagnostics: [known.error] });
  const file = known.value.get(release);
  if (file === undefined) {
    const isTag = /^v1-[0-9]+-eks-[0-9]+$/.test(release);
    const help = isTag
      ? `It has no lock in ${relative(host.cwd, join(workspace.root, 'releases')) || '.'}: run "eksd-rebuild import ${release}" first.`
      : 'A release is called by its tag, such as v1-30-eks-5; "eksd-rebuild releases" lists them.';
    return err({
      reason: 'unknown-name',
      what: 'release',
      name: release,
      nearest: nearestNames(release, [...known.value.keys(), ...others]),
      help,
    });
  }
  const lock = await readLockFile(file, workspace, host);
  return lock.ok ? ok({ lock: lock.value, file }) : err({ reason: 'configuration', diagnostics: lock.error });
}

/** Reads a lock file, of the release that its name says. Errors: those of `readText` and `readLock`. */
export async function readLockFile(
  file: string,
  workspace: Pick<Workspace, 'cache'>,
  host: Host,
): Promise<Result<Lock, readonly Diagnostic[]>> {
  const shown = shownPath(file, host.cwd);
  const read = await readText(file, { limit: sizeLimit.lock }, shown);
  if (!read.ok) return err([read.error]);
  const text = read.value ?? '';
  const decode = async () => {
    const { readLock } = await import('../config/lock/lock-file.ts');
    return readLock(shown, text);
  };
  // Whatever the cache says, what is expected of files is what the seal in the lock itself stands for.
  const isOf = (lock: Lock) => text.includes(`\ndigest: ${lock.digest}\n`) && sealOf(lock) === lock.digest;
  const lock = await decodedOnce(text, { as: 'lock', decode, isOf }, workspace, host);
  if (!lock.ok || lockName(lock.value.release) === basename(file)) return lock;
  const message = `this is the lock of ${lock.value.release}, whose file has that name`;
  const at = Math.max(0, text.search(/^release:/m));
  return err([{ severity: 'error', message, location: locate(shown, text, at, text.indexOf('\n', at)) }]);
}

/**
 * The locks at hand by release; those of the root come before those of the package. Errors: a complaint about a folder that is
 * there and cannot be read.
 */
export async function lockedReleases(
  workspace: Pick<Workspace, 'searchPath'>,
): Promise<Result<ReadonlyMap<string, string>, Diagnostic>> {
  const found = new Map<string, string>();
  for (const place of workspace.searchPath) {
    const folder = locksFolderIn(place);
    const names = await listNames(folder);
    if (!names.ok) return err({ severity: 'error', message: names.error, location: { file: folder } });
    for (const name of names.value) {
      const release = name.slice(0, -suffix.length);
      if (name.endsWith(suffix) && isReleaseName(release) && !found.has(release))
        found.set(release, join(folder, name));
    }
  }
  return ok(found);
}
