import { existsSync, mkdirSync, statSync } from 'node:fs';
import { dirname, resolve } from 'node:path';

/**
 * Makes a folder that a user may have named, and those above it. Node's own recursive mkdir never ends where a file system says of
 * a folder that cannot be made that the one above is missing, as /proc does.
 * @throws system errors.
 */
export function ensureFolder(path: string): void {
  const missing: string[] = [];
  for (let at = resolve(path); !existsSync(at) && at !== dirname(at); at = dirname(at)) missing.unshift(at);
  for (const each of missing.length === 0 ? [path] : missing) {
    try {
      mkdirSync(each);
    } catch (error) {
      const isThere = error instanceof Error && 'code' in error && error.code === 'EEXIST';
      if (!isThere || !statSync(each).isDirectory()) throw error;
    }
  }
}
