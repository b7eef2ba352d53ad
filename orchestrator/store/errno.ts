import { closeSync, constants, openSync } from 'node:fs';
import type { Failure } from '../core/failure.ts';
import { err, type Result } from '../core/result.ts';
import { systemFailure } from '../core/system-error.ts';

/** The errors of writing to what is read-only, or somebody else's. */
export const cannotWrite = ['EROFS', 'EACCES', 'EPERM'] as const;

/** The system's name of an error (`ENOENT`), or undefined where it is no system error. */
export function errnoOf(error: unknown): string | undefined {
  if (!(error instanceof Error) || !('code' in error) || !('syscall' in error)) return undefined;
  return typeof error.code === 'string' ? error.code : undefined;
}

export function isErrno(error: unknown, ...names: readonly string[]): boolean {
  const name = errnoOf(error);
  return name !== undefined && names.includes(name);
}

/**
 * The failure that a system error of the store amounts to. `root` is what a person can do something about.
 * @throws the error itself where it is no system error: a bug.
 */
export function failureOfErrno(error: unknown, root: string): Failure {
  const name = errnoOf(error);
  if (name === undefined || !(error instanceof Error)) throw error;
  switch (name) {
    case 'ENOSPC':
    case 'EDQUOT':
      return { reason: 'disk-full', path: root };
    case 'EROFS':
    case 'EPERM':
      return { reason: 'read-only', path: root };
    case 'EACCES':
      return isReadable(pathOf(error) ?? root)
        ? { reason: 'read-only', path: root }
        : { reason: 'unreadable', path: root };
    case 'EMFILE':
    case 'ENFILE':
    case 'ENOMEM':
    case 'EAGAIN':
      // It says nothing of the store.
      return systemFailure(error) ?? { reason: 'store-damaged', path: root, detail: error.message };
    default: {
      const path = pathOf(error) ?? root;
      return { reason: 'store-damaged', path, detail: error.message };
    }
  }
}

function pathOf(error: Error): string | undefined {
  return 'path' in error && typeof error.path === 'string' ? error.path : undefined;
}

/** Tried, since access(2) answers for another user where a process has two. False of what is there and may not be read, or lies below a folder that may not be entered. */
function isReadable(path: string): boolean {
  return (
    unless(
      ['EACCES'],
      () =>
        unless(['ENOENT', 'ENOTDIR'], () =>
          closeSync(openSync(path, constants.O_RDONLY | constants.O_NONBLOCK)),
        ) ?? true,
    ) ?? false
  );
}

/** Runs `body`, and turns a system error that it throws into its failure, and what an interrupted `Pace` rejects with. */
export async function guarded<T>(
  root: string,
  body: () => Promise<Result<T, Failure>>,
): Promise<Result<T, Failure>> {
  try {
    return await body();
  } catch (error) {
    if (error instanceof Error && error.name === 'AbortError') return err({ reason: 'aborted' });
    return err(failureOfErrno(error, root));
  }
}

/** Runs `body`; undefined where it failed with one of these system errors. */
export function unless<T>(names: readonly string[], body: () => T): T | undefined {
  try {
    return body();
  } catch (error) {
    if (isErrno(error, ...names)) return undefined;
    throw error;
  }
}
