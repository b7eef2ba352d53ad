import { existsSync, renameSync, statSync, writeFileSync } from 'node:fs';
import type { Failure } from '../core/failure.ts';
import { ensureFolder } from '../tool/file/ensure-folder.ts';
import { errnoOf, isErrno } from './errno.ts';
import { makeFolder, notAFolder } from './handle.ts';
import { type Layout, ownFolders, storeVersion } from './layout.ts';
import { readPlain, stat } from './list.ts';

/**
 * Makes what is missing of a store's folders, after a look at its version. `beside` is what the process writes under
 * before it renames. Errors: `store-version`; `unsafe-path` where a link is in the place of a folder.
 * @throws system errors.
 */
export function prepare(layout: Layout, beside: string): Failure | undefined {
  const whyNot = whyNoFolder(layout.root);
  if (whyNot !== undefined) return notAFolder(layout.root, whyNot);
  const found = readVersion(layout);
  if (found !== undefined && found !== storeVersion) return otherVersion(layout, found);
  if (found === undefined) {
    // The version comes first. So where there are folders and, still, no version, someone else made them.
    if (ownFolders(layout).some((folder) => existsSync(folder)) && readVersion(layout) === undefined) {
      return otherVersion(layout, 'no version');
    }
    try {
      ensureFolder(layout.root);
    } catch (error) {
      // Of a place where no folder can ever be.
      if (errnoOf(error) === 'ENOENT') return { reason: 'read-only', path: layout.root };
      throw error;
    }
    writeFileSync(`${layout.version}.${beside}`, `${storeVersion}\n`, { flag: 'wx' });
    renameSync(`${layout.version}.${beside}`, layout.version);
  }
  for (const folder of ownFolders(layout)) {
    const failure = makeFolder(folder);
    if (failure !== undefined) return failure;
  }
  return undefined;
}

/** Undefined where nothing is there, or a folder, or a link to one: no check of the store mends what is something else. */
function whyNoFolder(root: string): string | undefined {
  try {
    return statSync(root).isDirectory() ? undefined : 'is no folder';
  } catch (error) {
    return isErrno(error, 'ENOTDIR') ? 'lies below what is no folder' : undefined;
  }
}

function readVersion(layout: Layout): string | undefined {
  const text = readPlain(layout.version, ['ENOENT', 'ELOOP', 'EISDIR', 'ENXIO']);
  return text?.trim() ?? (stat(layout.version) === undefined ? undefined : 'no version');
}

function otherVersion(layout: Layout, found: string): Failure {
  const line = found.split('\n')[0] ?? '';
  return { reason: 'store-version', path: layout.root, found: line.slice(0, 60), expected: storeVersion };
}
