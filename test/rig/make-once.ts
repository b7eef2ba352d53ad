import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { setTimeout } from 'node:timers/promises';

/** Milliseconds. */
const patience = 500;

/**
 * Has one process make a folder while others wait for it; one that dies meanwhile does not count, and neither does what it left.
 * @param make is given an empty folder beside it.
 */
export async function makeOnce(
  folder: string,
  make: (folder: string) => Promise<void> | void,
): Promise<string> {
  mkdirSync(dirname(folder), { recursive: true });
  const lock = `${folder}.lock`;
  while (!existsSync(folder)) {
    if (!take(lock)) {
      if (!isAlive(lock)) rmSync(lock, { force: true });
      else await setTimeout(patience);
      continue;
    }
    try {
      if (existsSync(folder)) continue;
      removeLeft(folder);
      const made = `${folder}.${process.pid}`;
      mkdirSync(made);
      await make(made);
      renameSync(made, folder);
    } finally {
      rmSync(lock, { force: true });
    }
  }
  return folder;
}

/** Removes what others began, and did not come to the end of. */
function removeLeft(folder: string): void {
  const beginning = `${basename(folder)}.`;
  for (const name of readdirSync(dirname(folder))) {
    const pid = Number(name.startsWith(beginning) ? name.slice(beginning.length) : Number.NaN);
    if (!(pid > 0) || (pid !== process.pid && isRunning(pid))) continue;
    rmSync(join(dirname(folder), name), { recursive: true, force: true });
  }
}

function take(lock: string): boolean {
  try {
    writeFileSync(lock, String(process.pid), { flag: 'wx' });
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  }
}

/** Whether the process that holds a lock lives; so does one that is about to write its number. */
function isAlive(lock: string): boolean {
  try {
    const pid = Number(readFileSync(lock, 'utf8'));
    return pid === 0 || isRunning(pid);
  } catch {
    return false;
  }
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
