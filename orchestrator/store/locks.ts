import { linkSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { digestOf } from '../core/digest.ts';
import { errnoOf, isErrno } from './errno.ts';
import type { Handle } from './handle.ts';
import { listFolder, readPlain, stat } from './list.ts';

/** Waiting starts here, doubles each time, and stays at the second number. Milliseconds. */
const firstWait = 5;
const longestWait = 250;

/**
 * Runs `body` while no other holder has the same name. Only economy depends on it, so where it cannot be had (the
 * signal fires while waiting, the store is read-only or full) `body` runs without it, and finds out about that itself.
 */
export async function withLock<T>(
  handle: Handle,
  name: string,
  signal: AbortSignal,
  body: () => Promise<T>,
): Promise<T> {
  let release = handle.unwritable === undefined ? tryLock(handle, name) : 'unavailable';
  for (let wait = firstWait; release === 'busy' && !signal.aborted; wait = Math.min(2 * wait, longestWait)) {
    await setTimeout(wait, undefined, { signal }).catch(() => undefined);
    release = tryLock(handle, name);
  }
  if (typeof release === 'string') return body();
  try {
    return await body();
  } finally {
    release();
  }
}

/** How to let go of it, where it was had. */
type Attempt = (() => void) | 'busy' | 'unavailable';

/** One attempt. The lock is a file that appears by an exclusive link, complete, and names its holder's lease. */
function tryLock(handle: Handle, name: string): Attempt {
  const path = join(handle.layout.locks, digestOf(name));
  const ticket = handle.temporaryName();
  let outcome: 'had' | 'busy' | 'unavailable';
  try {
    // No two tickets have the same text: the temporary name is in it.
    writeFileSync(ticket, `${handle.leases.mine}\n${basename(ticket)}\n`, { flag: 'wx' });
    outcome = linkNew(ticket, path) || takeOver(handle, name, path, ticket) ? 'had' : 'busy';
  } catch (error) {
    if (errnoOf(error) === undefined) throw error;
    outcome = 'unavailable';
  }
  if (outcome === 'had') return () => releaseLock(path, ticket);
  rmSync(ticket, { force: true });
  return outcome;
}

/**
 * Replaces the lock of a holder that is gone. Only who holds, in the same manner, the lock named after that very file's
 * content may do so, and reads it again then: of two who find it at the same time, one gets it.
 */
function takeOver(handle: Handle, name: string, path: string, ticket: string): boolean {
  const found = readPlain(path);
  if (found === undefined && stat(path)?.isFile() === false) {
    // Nobody of ours made that, and nobody would let go of it.
    rmSync(path, { recursive: true, force: true });
    return linkNew(ticket, path);
  }
  if (found === undefined || handle.leases.isLive(holderOf(found))) return false;
  const claim = tryLock(handle, `${name} after ${digestOf(found)}`);
  if (typeof claim === 'string') return false;
  try {
    if (readPlain(path) !== found) return false;
    const second = handle.temporaryName();
    linkSync(ticket, second);
    renameSync(second, path);
    return true;
  } finally {
    claim();
  }
}

function linkNew(from: string, to: string): boolean {
  try {
    linkSync(from, to);
    return true;
  } catch (error) {
    if (isErrno(error, 'EEXIST')) return false;
    throw error;
  }
}

/** Removes the lock where it is still this ticket's: a holder that was taken for gone has lost it to another. */
function releaseLock(path: string, ticket: string): void {
  const mine = readPlain(ticket);
  if (mine !== undefined && readPlain(path) === mine) rmSync(path, { force: true });
  rmSync(ticket, { force: true });
}

/** A holder that is gone leaves its lock until someone wants it; after a day nobody may. */
const staleMilliseconds = 86_400_000;

/** Removes the locks of holders that have been gone for long. @throws system errors. */
export function sweepLocks(handle: Handle): void {
  for (const { name } of listFolder(handle.layout.locks)) {
    const path = join(handle.layout.locks, name);
    const found = stat(path);
    if (found === undefined || found.mtimeMs > handle.now() - staleMilliseconds) continue;
    const content = readPlain(path);
    const isLeft = content === undefined ? !found.isFile() : !handle.leases.isLive(holderOf(content));
    if (isLeft) rmSync(path, { recursive: true, force: true });
  }
}

function holderOf(content: string): string {
  return content.slice(0, Math.max(0, content.indexOf('\n')));
}
