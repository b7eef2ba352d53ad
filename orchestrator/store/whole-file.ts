import { renameSync, unlinkSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import type { Failure } from '../core/failure.ts';
import { syncOne } from './durable.ts';
import { unless } from './errno.ts';
import { removeAll } from './folders.ts';
import { type Handle, makeShard } from './handle.ts';
import { touch } from './trees.ts';

/** Writes beside and renames, so that nobody reads half of it; with `sync`, so that not even a power cut leaves half. */
export async function writeWhole(
  handle: Handle,
  path: string,
  text: string,
  sync: boolean,
): Promise<Failure | undefined> {
  const failure = makeShard(handle, dirname(path));
  if (failure !== undefined) return failure;
  const beside = handle.temporaryName();
  try {
    writeFileSync(beside, text, { flag: 'wx' });
    if (sync) await syncOne(beside);
    touch(handle, beside);
    if (unless(['EISDIR'], () => renameSync(beside, path) ?? true)) return undefined;
    // A folder, which nobody of ours made.
    await removeAll(path);
    renameSync(beside, path);
    return undefined;
  } catch (error) {
    unless(['ENOENT'], () => unlinkSync(beside));
    throw error;
  }
}
