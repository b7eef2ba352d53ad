import { readdir } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { create } from 'tar';
import { byCodeUnit } from '../../core/canonical-json.ts';

/**
 * Packs a folder's files as a tar without compression: members in code-unit order of their paths, all of one time
 * and of root, so that the same content gives the same bytes. Folders have no member of their own.
 * @param file absolute path; must not lie in the folder. @param seconds since 1970, what all are dated with. @throws system errors.
 */
export async function writeTar(folder: string, file: string, seconds = 0): Promise<void> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const paths = entries
    .filter((entry) => !entry.isDirectory())
    .map((entry) => relative(folder, join(entry.parentPath, entry.name)))
    .sort(byCodeUnit);
  await create(
    { cwd: folder, file, portable: true, mtime: new Date(seconds * 1000), noDirRecurse: true },
    paths,
  );
}
