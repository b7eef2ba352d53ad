import { mkdtempSync } from 'node:fs';

/** A new folder below /tmp: TMPDIR may be in memory, below /dev, where no link to a checkout is ever made. */
export function diskFolder(prefix: string): string {
  return mkdtempSync(`/tmp/${prefix}`);
}
