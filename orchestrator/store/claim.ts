import { readdirSync, renameSync, statSync, writeFileSync } from 'node:fs';
import type { Failure } from '../core/failure.ts';
import { err, ok, type Result } from '../core/result.ts';
import { ensureFolder } from '../tool/file/ensure-folder.ts';
import { errnoOf, isErrno, unless } from './errno.ts';
import { makeFolder, notAFolder } from './handle.ts';
import { type Layout, layoutOf, ownFolders, storeVersion } from './layout.ts';
import { readPlain, stat } from './list.ts';

/** Whose a folder is; nobody's where it is empty, or not there. */
export type Owner = 'ours' | 'nobody';

/** What may be in nobody's folder: what a new file system has, and what killed processes of ours left. */
const leftBehind = /^(lost\+found|version\.[0-9]+-[0-9a-f]+|(check|compare|retag|doctor)-\w{6})$/;

/** Folders that all stores have had. Nobody else has all of them side by side. */
const oldest = ['blobs', 'trees', 'results'];

/**
 * Whose the folder is that is to be the cache. Its version alone makes it ours: `git`, or `links`, is a folder of anybody.
 * Errors: `usage` where it is somebody else's; `store-version`; `unsafe-path` where it is no folder. @throws system errors.
 */
export function ownerOf({ root }: Pick<Layout, 'root'>): Result<Owner, Failure> {
  const layout = layoutOf(root);
  const whyNot = whyNoFolder(root);
  if (whyNot !== undefined) return err(notAFolder(root, whyNot));
  if (readVersion(layout) === storeVersion) return ok('ours');
  const names = unless(['ENOENT'], () => readdirSync(root)) ?? [];
  if (names.every((name) => leftBehind.test(name))) return ok('nobody');
  // The version comes first. So where there is more and, still, none, someone else made it.
  const found = readVersion(layout);
  if (found === storeVersion) return ok('ours');
  const isStore = found?.startsWith(storeName) || oldest.every((name) => names.includes(name));
  return err(isStore ? otherVersion(root, found ?? 'no version') : notOurs(root));
}

/**
 * Makes the cache's folder ours where it is nobody's. `beside` is what the process writes under before it renames.
 * Errors: those of `ownerOf`; `read-only`. @throws system errors.
 */
export function claim(layout: Layout, beside: string): Failure | undefined {
  const owner = ownerOf(layout);
  if (!owner.ok) return owner.error;
  if (owner.value === 'ours') return undefined;
  try {
    ensureFolder(layout.root);
  } catch (error) {
    // Of a place where no folder can ever be.
    if (errnoOf(error) === 'ENOENT') return { reason: 'read-only', path: layout.root };
    throw error;
  }
  writeFileSync(`${layout.version}.${beside}`, `${storeVersion}\n`, { flag: 'wx' });
  renameSync(`${layout.version}.${beside}`, layout.version);
  return undefined;
}

/**
 * Makes what is missing of a store's folders, in a folder that is ours or nobody's. `beside` is what the process writes under
 * before it renames. Errors: those of `claim`; `unsafe-path` where a link is in the place of a folder. @throws system errors.
 */
export function prepare(layout: Layout, beside: string): Failure | undefined {
  const refused = claim(layout, beside);
  if (refused !== undefined) return refused;
  for (const folder of ownFolders(layout)) {
    const failure = makeFolder(folder);
    if (failure !== undefined) return failure;
  }
  return undefined;
}

const [storeName = ''] = /^.*? store /.exec(storeVersion) ?? [];

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

function otherVersion(path: string, found: string): Failure {
  const line = found.split('\n')[0] ?? '';
  return { reason: 'store-version', path, found: line.slice(0, 60), expected: storeVersion };
}

function notOurs(root: string): Failure {
  return {
    reason: 'usage',
    message: `${root} cannot be the cache: it is not empty, and eksd-rebuild did not make what is in it.`,
    help: 'Name a folder that is empty or not there yet: --cache, EKSD_REBUILD_CACHE, or "cache" in the settings.',
  };
}
