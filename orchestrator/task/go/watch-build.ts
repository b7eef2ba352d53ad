import { access, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { countOf } from '../../core/numbers.ts';
import { watching } from '../../tool/file/watch.ts';

/**
 * Tells how far a go command is that compiles, which says nothing itself, and whose words would be others if it did (`-v`): it makes a
 * folder for each package as it comes to it, `$TMPDIR/go-build<number>/b<number>`, and in a program's the folder `exe` when it is
 * linked (cmd/go/internal/work, `build` and `link`). What its cache has gets no folder.
 * @param temporary the command's TMPDIR. @param tell told `312 packages`, or `linking`.
 */
export function watchingBuild<T>(
  temporary: string,
  tell: (text: string) => void,
  body: () => Promise<T>,
  period?: number,
): Promise<T> {
  let before = 0;
  const look = async (): Promise<string | undefined> => {
    const packages = await packageFolders(temporary);
    const isSame = packages.length === before;
    before = packages.length;
    if (packages.length === 0) return undefined;
    // While packages come there is nothing to link yet, or not only.
    if (isSame && (await isLinking(packages))) return 'linking';
    return countOf(packages.length, 'package');
  };
  return watching(look, tell, body, period);
}

async function packageFolders(temporary: string): Promise<readonly string[]> {
  const works = (await readdir(temporary)).filter((name) => /^go-build[0-9]+$/.test(name));
  const folders = await Promise.all(
    works.map(async (work) =>
      (await readdir(join(temporary, work)))
        .filter((name) => /^b[0-9]+$/.test(name))
        .map((name) => join(temporary, work, name)),
    ),
  );
  return folders.flat();
}

async function isLinking(packages: readonly string[]): Promise<boolean> {
  const found = await Promise.all(
    packages.map((folder) =>
      access(join(folder, 'exe')).then(
        () => true,
        () => false,
      ),
    ),
  );
  return found.includes(true);
}
