import * as fs from 'node:fs';

/** Overwrites the first bytes of a file, whatever its permissions; with its `times` kept nothing but reading it shows that. */
export function corrupt(path: string, times: 'new' | 'kept' = 'new'): void {
  const { mode, size, atime, mtime } = fs.statSync(path);
  fs.chmodSync(path, 0o644);
  const descriptor = fs.openSync(path, 'r+');
  fs.writeSync(descriptor, Buffer.alloc(Math.min(size, 4), '#'), 0, Math.min(size, 4), 0);
  fs.closeSync(descriptor);
  fs.chmodSync(path, mode & 0o777);
  if (times === 'kept') fs.utimesSync(path, atime, mtime);
}
