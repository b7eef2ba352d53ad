import { join } from 'node:path';
import type { Digest } from '../core/digest.ts';
import { digestOf } from '../core/digest.ts';
import type { Failure } from '../core/failure.ts';
import { err, ok, type Result } from '../core/result.ts';
import { readText, sizeLimit } from '../tool/file/read-file.ts';
import { shownPath } from './shown-path.ts';
import type { Workspace } from './workspace.ts';

/**
 * The SHA-256 of files below the folders that recipes and base images are looked for in: the root's come before the package's, as those are
 * read. What is not there is left out. Errors: `configuration` where one cannot be read.
 */
export async function digestsOfFiles(
  { searchPath }: Pick<Workspace, 'searchPath'>,
  paths: readonly string[],
  cwd: string,
): Promise<Result<ReadonlyMap<string, Digest>, Failure>> {
  const found = new Map<string, Digest>();
  for (const path of paths) {
    for (const place of searchPath) {
      const file = join(place, path);
      const text = await readText(file, { limit: sizeLimit.lock }, shownPath(file, cwd));
      if (!text.ok) return err({ reason: 'configuration', diagnostics: [text.error] });
      if (text.value === undefined) continue;
      found.set(path, digestOf(text.value));
      break;
    }
  }
  return ok(found);
}
