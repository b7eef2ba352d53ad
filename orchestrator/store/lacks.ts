import { unlinkSync } from 'node:fs';
import type { Digest } from '../core/digest.ts';
import { unless } from './errno.ts';
import type { Handle } from './handle.ts';
import { lackPath } from './layout.ts';
import { readPlain, stat } from './list.ts';
import type { Lack } from './store.ts';
import { writeWhole } from './whole-file.ts';

/** Longer than any name of a module. */
const longest = 1000;

/** See `Store.lackOf`. @throws system errors. */
export function lackOf(handle: Handle, key: Digest): Lack | undefined {
  const path = lackPath(handle.layout, key);
  const what = readPlain(path);
  if (what === undefined || what.length > longest) return undefined;
  return { what, asked: stat(path)?.mtimeMs ?? 0 };
}

/** See `Store.setLack`. @throws system errors. */
export async function setLack(handle: Handle, key: Digest, what: string | undefined): Promise<void> {
  const path = lackPath(handle.layout, key);
  if (what === undefined) unless(['ENOENT', 'EISDIR'], () => unlinkSync(path));
  else if (handle.unwritable === undefined) await writeWhole(handle, path, what, false);
}
