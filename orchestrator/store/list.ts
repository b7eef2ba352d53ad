import {
  closeSync,
  constants,
  type Dirent,
  fstatSync,
  lstatSync,
  openSync,
  readdirSync,
  readFileSync,
  type Stats,
} from 'node:fs';
import { join } from 'node:path';
import { unless } from './errno.ts';
import type { Pace } from './pace.ts';

/** What is in a folder; nothing where it is missing or no folder. A symbolic link is not followed. */
export function listFolder(folder: string): readonly Dirent[] {
  const found = stat(folder);
  if (!found?.isDirectory()) return [];
  return unless(['ENOENT', 'ENOTDIR'], () => readdirSync(folder, { withFileTypes: true })) ?? [];
}

/** What stands in the shards of a folder, `ab/<name>`, in the order of their names. */
export function* listShards(folder: string): Generator<{ readonly name: string; readonly path: string }> {
  for (const shard of names(folder)) {
    for (const name of names(join(folder, shard))) yield { name, path: join(folder, shard, name) };
  }
}

/** lstat(2), undefined where there is nothing, or nothing that this user can reach. */
export function stat(path: string): Stats | undefined {
  return unless(['ENOENT', 'ENOTDIR', 'EACCES', 'ENAMETOOLONG'], () => lstatSync(path));
}

/** Bytes: the store writes no text that is longer, but whoever has its folder may. */
const longest = 2 ** 29 - 1;

/**
 * Reads a file of the store; undefined where there is none, none for this user, or a link, a folder, a pipe or what has no end.
 * @param nothing the system errors that say so. @throws all others.
 */
export function readPlain(
  path: string,
  nothing: readonly string[] = ['ENOENT', 'ENOTDIR', 'ELOOP', 'EISDIR', 'ENXIO', 'EACCES'],
): string | undefined {
  return unless(nothing, () => {
    const care = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK;
    const descriptor = openSync(path, care);
    try {
      const found = fstatSync(descriptor);
      return found.isFile() && found.size <= longest ? readFileSync(descriptor, 'utf8') : undefined;
    } finally {
      closeSync(descriptor);
    }
  });
}

/** Every file and link below a folder, with what is known of it; folders that come and go meanwhile are fine. */
export async function forEachFile(
  folder: string,
  pace: Pace,
  visit: (path: string, found: Stats) => void,
): Promise<void> {
  const folders = [folder];
  for (const current of folders) {
    for (const item of listFolder(current)) {
      const path = join(current, item.name);
      if (item.isDirectory()) {
        folders.push(path);
        continue;
      }
      const found = stat(path);
      if (found !== undefined) visit(path, found);
      await pace.spent(0);
    }
  }
}

function names(folder: string): readonly string[] {
  return listFolder(folder)
    .map((item) => item.name)
    .sort();
}
