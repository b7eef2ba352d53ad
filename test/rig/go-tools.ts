import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

const here = dirname(fileURLToPath(import.meta.url));

/** Milliseconds. */
const patience = 500;

/**
 * The programs that a Go module of this folder has as its tools, by absolute path: in the user's cache, where the machine's go
 * builds them once.
 * @param ldflags of the linker, for what a program says of itself.
 */
export async function goTools(
  module: string,
  names: readonly string[],
  ldflags: string,
): Promise<Readonly<Record<string, string>>> {
  const source = join(here, module);
  const hash = createHash('sha256').update(ldflags);
  for (const file of ['go.mod', 'go.sum']) hash.update(readFileSync(join(source, file)));
  const cache = process.env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache');
  const folder = join(cache, 'eksd-rebuild-test', `${module}-${hash.digest('hex').slice(0, 16)}`);
  await makeOnce(folder, (made) => {
    execFileSync('go', ['build', '-trimpath', '-ldflags', `-s -w ${ldflags}`, '-o', `${made}/`, 'tool'], {
      cwd: source,
      env: { ...process.env, CGO_ENABLED: '0', GOFLAGS: '-mod=readonly -buildvcs=false', GOWORK: 'off' },
      stdio: ['ignore', 'ignore', 'inherit'],
    });
  });
  return Object.fromEntries(names.map((name) => [name, join(folder, name)]));
}

/** Has one process make a folder while others wait for it; one that dies meanwhile does not count. */
async function makeOnce(folder: string, make: (folder: string) => void): Promise<void> {
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
      const made = `${folder}.${process.pid}`;
      rmSync(made, { recursive: true, force: true });
      mkdirSync(made);
      make(made);
      renameSync(made, folder);
    } finally {
      rmSync(lock, { force: true });
    }
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
    if (pid > 0) process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
