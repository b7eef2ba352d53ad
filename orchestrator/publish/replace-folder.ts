import { existsSync, lstatSync, renameSync } from 'node:fs';
import { chmod, mkdtemp, readdir, rm, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { digestOf } from '../core/digest.ts';
import type { Failure } from '../core/failure.ts';
import { ok, type Result } from '../core/result.ts';
import { isErrno } from '../store/errno.ts';
import { identify, isRunning, type ProcessIdentity } from '../store/process-life.ts';
import { ensureFolder } from '../tool/file/ensure-folder.ts';
import { writing } from '../workspace/write-file.ts';
import { asideOf, besideName, type FolderPlace, followLinks } from './former-folder.ts';

/** What was laid out beside the place that it is for. */
export interface Laid<T> {
  /** Whether the very same is in its place already. */
  readonly isThere: boolean;
  readonly value: T;
}

/**
 * Makes a folder beside its place, and puts it there by renaming: a process that is killed leaves the former one whole. Of two processes
 * that do this to a folder, each puts a whole one there. Errors: those of `look`, `lay` and `writing`.
 * @param output absolute. @param look whether what is there may be replaced. @param lay fills the empty folder `staging`. The last
 * parameter is this process.
 */
export async function replaceFolder<T>(
  output: string,
  look: () => Promise<Result<FolderPlace, Failure>>,
  lay: (staging: string, place: FolderPlace) => Promise<Result<Laid<T>, Failure>>,
  { pid, hostName }: { readonly pid: number; readonly hostName: string },
): Promise<Result<T, Failure>> {
  const self = identify(pid, hostName);
  return writing(output, async () => {
    ensureFolder(dirname(output));
    await recover(await followLinks(output), self);
    const place = await look();
    if (!place.ok) return place;
    const { folder } = place.value;
    const staging = await makeBeside(folder, self);
    try {
      const laid = await lay(staging, place.value);
      if (!laid.ok) return laid;
      if (!laid.value.isThere) await putInPlace(staging, folder, self);
      return ok(laid.value.value);
    } finally {
      await rm(staging, { recursive: true, force: true });
    }
  });
}

/** What a folder's name begins with while it is made. */
function besideOf(folder: string): string {
  return besideName(folder, 'new-');
}

/** A process as the name of a folder has it: a number, when it started, and a hash of where. */
function nameOf({ pid, started = '', host }: ProcessIdentity): string {
  return `${pid}-${started}-${digestOf(host).slice(0, 12)}`;
}

/** Milliseconds after which nobody makes a folder any more whose process cannot be seen from here. */
const longest = 86_400_000;

/** Whether the process that makes such a folder may still do so. */
async function isBusy(folder: string, name: string, self: ProcessIdentity): Promise<boolean> {
  const [, pid, started, where] = /^([0-9]+)-([0-9]*)-([0-9a-f]{12})-[^-]+$/.exec(name) ?? [];
  if (pid === undefined) return false;
  const host = where === digestOf(self.host).slice(0, 12) ? self.host : '';
  const runs = isRunning({ pid: Number(pid), started: started || undefined, host }, self);
  if (runs !== undefined) return runs;
  const found = await stat(folder).catch(() => undefined);
  return found !== undefined && found.mtimeMs > Date.now() - longest;
}

function makeBeside(folder: string, self: ProcessIdentity): Promise<string> {
  return mkdtemp(`${besideOf(folder)}${nameOf(self)}-`);
}

/** Takes a former folder away: out of the way by a rename, of which one process alone has it, and then file by file. */
async function drop(aside: string, folder: string, self: ProcessIdentity): Promise<void> {
  const found = lstatSync(aside, { throwIfNoEntry: false });
  if (found === undefined) return;
  if (!found.isDirectory()) return void (await rm(aside, { force: true }));
  const grave = await makeBeside(folder, self);
  try {
    renameSync(aside, grave);
  } catch (error) {
    if (!isErrno(error, 'ENOENT')) throw error;
  }
  await rm(grave, { recursive: true, force: true });
}

/** How often a folder is put in its place where another process does the same at that very moment. */
const tries = 10;

/** Two renames, one right after the other: a folder that is not empty cannot be replaced by one. */
async function putInPlace(staging: string, folder: string, self: ProcessIdentity): Promise<void> {
  await chmod(staging, 0o755);
  const aside = asideOf(folder);
  for (let time = 1; ; time += 1) {
    try {
      // Another process may not be through with what it replaced.
      await drop(aside, folder, self);
      swap(staging, folder, aside);
      break;
    } catch (error) {
      if (time === tries || !isErrno(error, 'ENOTEMPTY', 'EEXIST', 'ENOENT')) throw error;
    }
  }
  await drop(aside, folder, self);
}

function swap(staging: string, folder: string, aside: string): void {
  const isThere = existsSync(folder);
  if (isThere) renameSync(folder, aside);
  try {
    renameSync(staging, folder);
  } catch (error) {
    if (isThere && !existsSync(folder)) renameSync(aside, folder);
    throw error;
  }
}

/** Puts the former folder back where a process was killed between the two renames, and takes away what was left of others. */
async function recover(folder: string, self: ProcessIdentity): Promise<void> {
  const aside = asideOf(folder);
  // What is no folder was none of ours.
  if (lstatSync(aside, { throwIfNoEntry: false })?.isDirectory() && !existsSync(folder))
    renameSync(aside, folder);
  await drop(aside, folder, self);
  const start = basename(besideOf(folder));
  const left = (await readdir(dirname(folder))).filter((name) => name.startsWith(start));
  for (const name of left) {
    const place = join(dirname(folder), name);
    if (!(await isBusy(place, name.slice(start.length), self)))
      await rm(place, { recursive: true, force: true });
  }
}
