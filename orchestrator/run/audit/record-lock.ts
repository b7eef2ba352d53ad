import { link, rename, rm, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { parseJson } from '../../core/json-text.ts';
import type { Host } from '../../host.ts';
import { errnoOf, isErrno } from '../../store/errno.ts';
import { identify, isRunning, type ProcessIdentity } from '../../store/process-life.ts';
import { ensureFolder } from '../../tool/file/ensure-folder.ts';
import { readBytes } from '../../tool/file/read-file.ts';

/** Milliseconds: waiting starts here, doubles each time, and stays at the second number. */
const firstWait = 5;
const longestWait = 250;

/** Milliseconds after which a holder counts for nothing of whom nothing can be told from here: a file is changed in a few. */
const patience = 5_000;

type Machine = Pick<Host, 'pid' | 'hostName' | 'random'>;

/**
 * Runs `body`, which reads a file and writes it with more in it, while nobody else does: beside the file, since audits with caches of their
 * own, and of other machines, may write to one folder. Where no lock can be had (the folder is read-only, the disk full), `body` runs
 * without it, and finds out about that itself.
 */
export async function alone<T>(file: string, machine: Machine, body: () => Promise<T>): Promise<T> {
  const lock = join(dirname(file), `.${basename(file)}.lock`);
  const mine = JSON.stringify({ ...identify(machine.pid, machine.hostName), once: machine.random() });
  if (!(await taken(lock, mine, machine))) return body();
  try {
    return await body();
  } finally {
    if ((await textOf(lock)) === mine) await rm(lock, { force: true });
  }
}

/** Whether it was had; false where there can be none. */
async function taken(lock: string, mine: string, machine: Machine): Promise<boolean> {
  let seen: { readonly text: string | undefined; readonly since: number } | undefined;
  for (let wait = firstWait; ; wait = Math.min(2 * wait, longestWait)) {
    const made = await make(lock, mine);
    if (made !== 'busy') return made === 'had';
    const text = await textOf(lock);
    if (seen === undefined || seen.text !== text) seen = { text, since: performance.now() };
    const isLive = text === undefined ? undefined : isHeld(text, machine);
    if (isLive === false || performance.now() - seen.since > patience) await takeAway(lock, text, machine);
    else await setTimeout(wait);
  }
}

async function make(lock: string, mine: string): Promise<'had' | 'busy' | 'unavailable'> {
  try {
    ensureFolder(dirname(lock));
    await writeFile(lock, mine, { flag: 'wx' });
    return 'had';
  } catch (error) {
    if (isErrno(error, 'EEXIST')) return 'busy';
    if (errnoOf(error) === undefined) throw error;
    // What was begun may be there, and empty.
    if (isErrno(error, 'ENOSPC', 'EDQUOT')) await rm(lock, { force: true });
    return 'unavailable';
  }
}

/** Whether the process lives that wrote this; undefined where that cannot be told from here, or it is being written. */
function isHeld(text: string, { pid, hostName }: Machine): boolean | undefined {
  const holder = parseJson(text) as Partial<ProcessIdentity> | undefined;
  if (typeof holder?.pid !== 'number' || typeof holder.host !== 'string') return undefined;
  const { started } = holder;
  const named = typeof started === 'string' ? started : undefined;
  return isRunning({ pid: holder.pid, host: holder.host, started: named }, identify(pid, hostName));
}

/** Takes away the lock of who is gone. What somebody else made meanwhile is put back. */
async function takeAway(lock: string, text: string | undefined, { pid, random }: Machine): Promise<void> {
  const aside = `${lock}.${pid}-${random().toString(36).slice(2, 10)}`;
  try {
    await rename(lock, aside);
    if ((await textOf(aside)) !== text) await link(aside, lock);
  } catch (error) {
    if (!isErrno(error, 'ENOENT', 'EEXIST')) throw error;
  } finally {
    await rm(aside, { recursive: true, force: true });
  }
}

/** Undefined where it is gone, or no text of anybody's. */
async function textOf(lock: string): Promise<string | undefined> {
  const read = await readBytes(lock, { limit: 4096, refuseLink: true });
  return read.ok ? read.value?.toString('utf8') : undefined;
}
