import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Names the folder that all files of a run share: run.ts makes it and takes it away. */
export const sharedVariable = 'EKSD_TEST_SHARED';

let own: string | undefined;

/** A file that is run without run.ts has one of its own, and comes to the same. */
export function sharedFolder(): string {
  const given = process.env[sharedVariable];
  if (given !== undefined) return given;
  if (own === undefined) {
    const folder = mkdtempSync(join(tmpdir(), 'eksd-shared-'));
    process.on('exit', () => rmSync(folder, { recursive: true, force: true, maxRetries: 3 }));
    own = folder;
  }
  return own;
}

/**
 * A build cache of Go, or a program that its owner compiles when it is first asked for: both stand many processes at once.
 * What must not come out of the same cache takes caches of two names.
 */
export function sharedPlace(name: string): string {
  const folder = join(sharedFolder(), name);
  mkdirSync(folder, { recursive: true });
  return folder;
}
