import { constants } from 'node:fs';
import { access, stat } from 'node:fs/promises';
import { delimiter, isAbsolute, join, resolve } from 'node:path';

/**
 * The absolute path of a program: a bare name is looked up in the folders of `searchPath` (a PATH; folders that are not
 * absolute are passed over), anything with a slash is taken as it is, below `cwd`.
 * Undefined where there is no such file that can be executed.
 */
export async function findProgram(
  program: string,
  searchPath: string,
  cwd: string,
): Promise<string | undefined> {
  if (program.includes('/')) return isExecutable(resolve(cwd, program));
  for (const folder of searchPath.split(delimiter)) {
    if (!isAbsolute(folder)) continue;
    const found = await isExecutable(join(folder, program));
    if (found !== undefined) return found;
  }
  return undefined;
}

async function isExecutable(path: string): Promise<string | undefined> {
  try {
    await access(path, constants.X_OK);
    return (await stat(path)).isFile() ? path : undefined;
  } catch {
    return undefined;
  }
}
