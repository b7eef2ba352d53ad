import { readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { byCodeUnit } from '../../core/canonical-json.ts';

/**
 * The modules that a GOMODCACHE holds with their content, as `path@version`, in code-unit order. Upper-case letters stand as `!` and
 * the lower-case letter in file names (https://go.dev/ref/mod#goproxy-protocol).
 */
export async function findDownloads(moduleCache: string): Promise<readonly string[]> {
  const root = join(moduleCache, 'cache', 'download');
  const found: string[] = [];
  for (const file of await filesBelow(root)) {
    const match = /^(.+)\/@v\/(.+)\.ziphash$/.exec(file);
    if (match?.[1] !== undefined && match[2] !== undefined)
      found.push(`${unescaped(match[1])}@${unescaped(match[2])}`);
  }
  return found.sort(byCodeUnit);
}

/** Removes what compiling does not read, or what differs from one day to the next: archives, locks, lists, database tiles. */
export async function pruneDownloads(moduleCache: string): Promise<void> {
  const cache = join(moduleCache, 'cache');
  for (const name of ['lock', 'vcs', join('download', 'sumdb')])
    await rm(join(cache, name), { recursive: true, force: true });
  for (const file of await filesBelow(cache)) {
    if (!/\.(mod|ziphash)$/.test(file)) await rm(join(cache, file));
  }
}

function unescaped(text: string): string {
  return text.replace(/!([a-z])/g, (_, letter: string) => letter.toUpperCase());
}

/** `/`-separated paths of all files below a folder; none where there is no such folder. */
async function filesBelow(folder: string, prefix = ''): Promise<readonly string[]> {
  const entries = await readdir(join(folder, prefix), { withFileTypes: true }).catch(() => []);
  const nested = await Promise.all(
    entries.map(async (entry) => {
      const path = prefix === '' ? entry.name : `${prefix}/${entry.name}`;
      return entry.isDirectory() ? filesBelow(folder, path) : [path];
    }),
  );
  return nested.flat();
}
