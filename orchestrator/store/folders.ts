import {
  chmodSync,
  type Dirent,
  mkdirSync,
  readdirSync,
  renameSync,
  rmdirSync,
  rmSync,
  unlinkSync,
} from 'node:fs';
import { join } from 'node:path';
import type { Failure } from '../core/failure.ts';
import { err, ok, type Result } from '../core/result.ts';
import { isErrno, unless } from './errno.ts';
import { type Handle, leaseOfTemporary } from './handle.ts';
import { stat } from './list.ts';
import { newPace } from './pace.ts';

/** Makes a new empty folder below `tmp/`. @throws system errors. */
export function makeTemporaryFolder(handle: Handle): Result<string, Failure> {
  if (handle.unwritable !== undefined) return err(handle.unwritable);
  const path = handle.temporaryName();
  mkdirSync(path, { mode: 0o755 });
  return ok(path);
}

/**
 * Removes a file or folder with all that is in it, links themselves and not what they point at; nothing there is fine.
 * Folders without write permission (Go's module cache is 0555) are given it before; one that someone still writes to stays.
 * @param signal ends it half done: of what is nobody's any more, the next who comes goes on. @throws system errors.
 */
export async function removeAll(path: string, signal?: AbortSignal): Promise<void> {
  const found = stat(path);
  if (found === undefined) return;
  if (!found.isDirectory()) {
    unless(['ENOENT'], () => unlinkSync(path));
    return;
  }
  const pace = newPace(signal);
  const folders = [path];
  for (const folder of folders) {
    for (const entry of open(folder)) {
      const child = join(folder, entry.name);
      if (entry.isDirectory()) folders.push(child.length < longPath ? child : broughtUp(child, path));
      else unless(['ENOENT'], () => unlinkSync(child));
      await pace.spent(0);
    }
  }
  for (const folder of folders.reverse()) unless(['ENOENT', 'ENOTEMPTY'], () => rmdirSync(folder));
  // A name that is not UTF-8 was not reached by its text.
  unless(['ENOTEMPTY'], () => rmSync(path, { recursive: true, force: true }));
}

/** Characters: a quarter of what the system takes a name by (PATH_MAX). Who changes folders as it goes makes longer ones. */
const longPath = 1024;

/** Gives a folder that lies deep another place, right below `top`. */
function broughtUp(folder: string, top: string): string {
  for (let number = 0; ; number += 1) {
    const place = join(top, `deep-${number}`);
    if (stat(place) !== undefined) continue;
    renameSync(folder, place);
    return place;
  }
}

/** What is in a folder that is to be changed. */
function open(folder: string): readonly Dirent[] {
  try {
    chmodSync(folder, 0o755);
    return readdirSync(folder, { withFileTypes: true });
  } catch (error) {
    if (isErrno(error, 'ENOENT')) return [];
    throw error;
  }
}

/** What processes left behind below `tmp/` that are gone. */
export function leftovers(handle: Handle): readonly string[] {
  const { layout, leases } = handle;
  const live = new Map<string, boolean>();
  return readdirSync(layout.temporary)
    .filter((name) => {
      const lease = leaseOfTemporary(name);
      const isLive = live.get(lease) ?? leases.isLive(lease);
      live.set(lease, isLive);
      return !isLive;
    })
    .map((name) => join(layout.temporary, name));
}
