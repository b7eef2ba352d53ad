import { unlinkSync } from 'node:fs';
import type { Digest } from '../core/digest.ts';
import { unless } from './errno.ts';
import type { Handle } from './handle.ts';
import { lackPath } from './layout.ts';
import { readPlain } from './list.ts';
import { writeWhole } from './whole-file.ts';

/** Longer than any name of a module. */
const longest = 1000;

/** See `Store.lackOf`. @throws system errors. */
export function lackOf(handle: Handle, key: Digest): string | undefined {
  const text = readPlain(lackPath(handle.layout, key));
  return text === undefined || text.length > longest ? undefined : text;
}

/** See `Store.setLack`. @throws system errors. */
export async function setLack(handle: Handle, key: Digest, what: string | undefined): Promise<void> {
  const path = lackPath(handle.layout, key);
  if (what === undefined) unless(['ENOENT'], () => unlinkSync(path));
  else if (handle.unwritable === undefined) await writeWhole(handle, path, what, false);
}
