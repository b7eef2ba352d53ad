import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/**
 * A folder to fetch modules from. It is a module of its own, without a go.sum: so that the sum of everything that is
 * fetched is looked up in the checksum database, whatever module the cache may lie in.
 */
export async function emptyModule(scratch: string): Promise<string> {
  const folder = join(scratch, 'fetch');
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, 'go.mod'), 'module fetch\n');
  return folder;
}
