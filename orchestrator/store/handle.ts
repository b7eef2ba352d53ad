import { lstatSync, mkdirSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import type { Digest } from '../core/digest.ts';
import type { Failure } from '../core/failure.ts';
import { isErrno } from './errno.ts';
import type { Layout } from './layout.ts';
import type { Leases } from './leases.ts';

/** What the parts of one open store share. */
export interface Handle {
  readonly layout: Layout;
  readonly leases: Leases;
  /** Why nothing can be written: `read-only` or `disk-full`; undefined where it can. */
  readonly unwritable: Failure | undefined;
  /** Milliseconds since 1970. */
  readonly now: () => number;
  /** Ends what takes long: hashing, going through all that there is. */
  readonly signal?: AbortSignal | undefined;
  /** A path below `tmp/` that is nobody's. It names this process's lease, so that `sweepTemporary` knows whose it was. */
  temporaryName(): string;
  /** Makes everything on the store's file system durable, in one go; false where that is not to be had. */
  readonly syncAll: () => Promise<boolean>;
  /** Trees of which this process knows that they are on the disk. */
  readonly durable: Set<Digest>;
  /** Folders of which this process knows that they are folders: see `makeFolder`. */
  readonly folders: Set<string>;
}

/** What helps where one of the store's own folders is none. */
const elsewhere = 'Move it away, or use another folder (--cache, or EKSD_REBUILD_CACHE).';

/** 48 random bits as text, from a number in [0, 1). */
export function randomName(random: () => number): string {
  return Math.floor(random() * 2 ** 48)
    .toString(16)
    .padStart(12, '0');
}

/**
 * Makes a folder of the store where it is missing. A symbolic link or a file in its place is not used but refused
 * (`unsafe-path`): writing through it would leave the store. @throws system errors.
 */
export function makeFolder(path: string): Failure | undefined {
  try {
    mkdirSync(path, { mode: 0o755 });
    return undefined;
  } catch (error) {
    if (!isErrno(error, 'EEXIST')) throw error;
  }
  const why = whyNoFolder(path);
  return why === undefined ? undefined : notAFolder(path, why);
}

function whyNoFolder(path: string): string | undefined {
  const found = lstatSync(path);
  if (found.isDirectory()) return undefined;
  return found.isSymbolicLink() ? 'is a symbolic link' : 'is no folder';
}

/** What stands in the place of a folder. @param detail the end of a sentence: `is a symbolic link`. */
export function notAFolder(path: string, detail: string): Failure {
  const where = `the store's folder ${dirname(path)}`;
  return { reason: 'unsafe-path', path: basename(path), where, detail, help: elsewhere };
}

/**
 * The same for a shard, asked of the file system once a process. What stands in its place a check of the store drops, and no build is
 * at fault: `store-damaged`.
 */
export function makeShard(handle: Handle, folder: string): Failure | undefined {
  if (handle.folders.has(folder)) return undefined;
  if (makeFolder(folder) === undefined) {
    handle.folders.add(folder);
    return undefined;
  }
  return { reason: 'store-damaged', path: folder, detail: `it ${whyNoFolder(folder) ?? 'was no folder'}` };
}

/** `tmp/<lease>.<random>` */
export function temporaryNames(layout: Layout, lease: string, random: () => number): () => string {
  return () => join(layout.temporary, `${lease}.${randomName(random)}`);
}

/** The lease in a temporary name. */
export function leaseOfTemporary(name: string): string {
  const dot = name.indexOf('.');
  return dot < 0 ? name : name.slice(0, dot);
}
