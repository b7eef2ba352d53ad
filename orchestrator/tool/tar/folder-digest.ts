import { createHash } from 'node:crypto';
import { lstat, readdir, readlink } from 'node:fs/promises';
import { join } from 'node:path';
import { asDigest, type Digest } from '../../core/digest.ts';
import { digestOfFile } from '../file/read-file.ts';

/**
 * SHA-256 over all files of a folder: path, whether it is executable, content; symbolic links by their target, without a
 * folder `.git` at the top. Times, owners and the place of the folder do not count. @throws system errors.
 */
export async function digestOfFolder(folder: string): Promise<Digest> {
  const hash = createHash('sha256');
  const visit = async (path: string): Promise<void> => {
    const names = (await readdir(join(folder, path))).sort((a, b) => (a < b ? -1 : a > b ? 1 : 0));
    for (const name of names) {
      const below = path === '' ? name : `${path}/${name}`;
      if (below === '.git') continue;
      const place = join(folder, below);
      const found = await lstat(place);
      if (found.isDirectory()) await visit(below);
      else if (found.isSymbolicLink()) hash.update(`link ${below}\0${await readlink(place)}\0`);
      else if (found.isFile()) {
        const kind = (found.mode & 0o111) === 0 ? 'file' : 'program';
        const content = await digestOfFile(place);
        if (!content.ok) throw new Error(`${below} ${content.error}`);
        hash.update(`${kind} ${below}\0${content.value}\0`);
      }
    }
  };
  await visit('');
  return asDigest(hash.digest('hex'));
}
