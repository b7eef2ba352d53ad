import { spawnSync } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, rmSync, statfsSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';

/** Bytes that must be free: what all unit tests together write, several times over. */
const enough = 256 * 1024 ** 2;

/**
 * A temporary folder in memory, where programs can be run: undefined where there is none. The store waits for the disk
 * after every result, and what else is done on a machine makes that slow.
 */
export function memoryFolder(): string | undefined {
  try {
    const { bavail, bsize } = statfsSync('/dev/shm');
    if (bavail * bsize < enough) return undefined;
    const folder = mkdtempSync('/dev/shm/eksd-test-');
    // Some tests go on as nobody.
    chmodSync(folder, 0o755);
    const script = join(folder, 'script');
    writeFileSync(script, '#!/bin/sh\n', { mode: 0o755 });
    if (spawnSync(script).status === 0) {
      // tsx keeps what it has compiled beside: that is to last.
      const compiled = `tsx-${userInfo().uid}`;
      mkdirSync(join(tmpdir(), compiled), { recursive: true });
      symlinkSync(join(tmpdir(), compiled), join(folder, compiled));
      return folder;
    }
    rmSync(folder, { recursive: true });
  } catch {
    // There is no such file system here, or not for us.
  }
  return undefined;
}
