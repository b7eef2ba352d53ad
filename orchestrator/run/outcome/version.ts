import { readFile } from 'node:fs/promises';
import { join } from 'node:path';

/** This program's version, from its package.json. */
export async function packageVersion(packageFolder: string): Promise<string> {
  const manifest = JSON.parse(await readFile(join(packageFolder, 'package.json'), 'utf8')) as {
    version: string;
  };
  return manifest.version;
}
