import type { Stats } from 'node:fs';
import { lstat, rm, rmdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { whyUnsafePath } from '../../core/relative-path.ts';
import { isErrno } from '../../store/errno.ts';
import { digestOfFile, readBytes, sizeLimit } from '../../tool/file/read-file.ts';

/** What came of the files that an earlier run laid out. */
export interface EarlierFiles {
  /** How many went. */
  readonly removed: number;
  /** Those that somebody changed since: they stay. */
  readonly changed: readonly string[];
}

/**
 * Takes away what an earlier run laid out in a folder and this one does not: what its sums name, and what still has the bytes that they
 * say. Folders go with the last of their files. A link is not followed.
 * @param sums the file with the sums. @param stays whether a path, relative to the folder, is written anew. @throws system errors.
 */
export async function takeEarlierFiles(
  folder: string,
  sums: string,
  stays: (path: string) => boolean,
): Promise<EarlierFiles> {
  const read = await readBytes(join(folder, sums), { limit: sizeLimit.report, refuseLink: true });
  const lines = read.ok ? (read.value?.toString('utf8') ?? '').split('\n') : [];
  const changed: string[] = [];
  let removed = 0;
  for (const line of lines) {
    const [, sha256 = '', path = ''] = /^([0-9a-f]{64}) {2}(_output\/.+)$/.exec(line) ?? [];
    if (path === '' || whyUnsafePath(path) !== undefined || stays(path)) continue;
    const file = join(folder, path);
    if (!(await isPlainBelow(folder, path))) continue;
    const digest = await digestOfFile(file);
    if (!digest.ok || digest.value !== sha256) {
      changed.push(path);
      continue;
    }
    await rm(file);
    removed += 1;
    await removeEmpty(folder, dirname(path));
  }
  return { removed, changed };
}

/** Whether there is a file, and no link on the way to it. */
async function isPlainBelow(folder: string, path: string): Promise<boolean> {
  const names = path.split('/');
  for (let count = 1; count < names.length; count += 1)
    if (!(await whatIsAt(join(folder, ...names.slice(0, count))))?.isDirectory()) return false;
  return (await whatIsAt(join(folder, path)))?.isFile() === true;
}

async function removeEmpty(folder: string, path: string): Promise<void> {
  for (let at = path; at !== '.'; at = dirname(at)) {
    try {
      await rmdir(join(folder, at));
    } catch (error) {
      if (isErrno(error, 'ENOTEMPTY', 'EEXIST', 'ENOENT')) return;
      throw error;
    }
  }
}

/** Undefined where there is nothing. @throws other system errors. */
export async function whatIsAt(path: string): Promise<Stats | undefined> {
  try {
    return await lstat(path);
  } catch (error) {
    if (isErrno(error, 'ENOENT')) return undefined;
    throw error;
  }
}
