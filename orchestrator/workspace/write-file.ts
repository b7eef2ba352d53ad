import { lstat, mkdtemp, open, readFile, rename, rm, rmdir } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import type { Failure } from '../core/failure.ts';
import { err, ok, type Result } from '../core/result.ts';
import type { Host } from '../host.ts';
import { errnoOf, failureOfErrno, isErrno } from '../store/errno.ts';
import { ensureFolder } from '../tool/file/ensure-folder.ts';

/**
 * Writes a text file, whole or not at all: beside its place, then renamed. One that has these very bytes is left alone.
 * Errors: `unsafe-path` where something that is no file, or no folder, is in the way; `read-only`, `disk-full`.
 */
export async function writeWholeFile(file: string, text: string, host: Host): Promise<Result<void, Failure>> {
  const folder = dirname(file);
  return writing(folder, async () => {
    const there = await sizeInPlace(file);
    if (!there.ok) return there;
    const isSameSize = there.value === Buffer.byteLength(text);
    if (isSameSize && (await readFile(file, 'utf8')) === text) return ok(undefined);
    ensureFolder(folder);
    const draft = join(folder, `.${basename(file)}.${host.pid}-${host.random().toString(36).slice(2, 10)}`);
    const handle = await open(draft, 'wx');
    try {
      await handle.writeFile(text);
      await handle.sync();
      await handle.close();
      await rename(draft, file);
    } catch (error) {
      await handle.close().catch(() => {});
      await rm(draft, { force: true });
      throw error;
    }
    return ok(undefined);
  });
}

/**
 * The bytes of a file that is to be replaced; undefined where there is none. A link in its place is not followed: it may lead
 * anywhere. Errors: `unsafe-path`, `read-only`.
 */
export async function sizeInPlace(file: string): Promise<Result<number | undefined, Failure>> {
  return writing(dirname(file), async () => {
    try {
      const found = await lstat(file);
      if (found.isFile()) return ok(found.size);
      return err(inTheWay(file, found.isSymbolicLink() ? 'is a symbolic link' : 'is no file'));
    } catch (error) {
      if (isErrno(error, 'ENOENT')) return ok(undefined);
      if (isErrno(error, 'ENOTDIR')) return err(inTheWay(dirname(file), 'is no folder'));
      throw error;
    }
  });
}

/**
 * Whether a file may be written there, as far as that shows before it is: for who would else work for hours first.
 * Errors: those of `writeWholeFile`.
 */
export async function checkPlace(file: string): Promise<Result<void, Failure>> {
  const there = await sizeInPlace(file);
  return there.ok ? checkFolder(dirname(file)) : there;
}

/** The same of files in a folder, which may have to be made. */
export async function checkFolder(folder: string): Promise<Result<void, Failure>> {
  return writing(folder, async () => {
    for (let [at, below] = [folder, folder]; ; [at, below] = [dirname(at), at]) {
      try {
        // Tried, since access(2) answers for another user where a process has two, and knows nothing of quotas.
        await rmdir(await mkdtemp(join(at, '.eksd-rebuild-')));
        return ok(undefined);
      } catch (error) {
        if (!isErrno(error, 'ENOENT', 'ENOTDIR') || at === dirname(at)) throw error;
        const found = await lstat(at).catch(() => undefined);
        // Below /proc nothing can be made. A link that leads nowhere is there all the same.
        if (found?.isDirectory()) return err(inTheWay(below, `cannot be written (${errnoOf(error)})`));
        if (found !== undefined) return err(inTheWay(at, 'is no folder'));
      }
    }
  });
}

/** Something else stands where a file or folder is to be written. */
export function inTheWay(path: string, detail: string): Failure {
  return { reason: 'unsafe-path', path: basename(path), where: dirname(path), detail };
}

/**
 * Runs `body`, which writes below a folder of the user's, and turns a system error that it throws into its failure.
 * Errors: `disk-full`, `read-only`, and `unsafe-path` for whatever else the system has against the path.
 */
export async function writing<T>(
  folder: string,
  body: () => Promise<Result<T, Failure>>,
): Promise<Result<T, Failure>> {
  try {
    return await body();
  } catch (error) {
    const failure = failureOfErrno(error, folder);
    if (failure.reason === 'read-only' || failure.reason === 'unreadable')
      return err({ ...failure, help: 'Name another folder, or change its permissions.' });
    if (failure.reason !== 'store-damaged') return err(failure);
    return err(inTheWay(failure.path, `cannot be written (${errnoOf(error)})`));
  }
}
