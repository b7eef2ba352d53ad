import { copyFile, lstat, mkdir, readdir, realpath } from 'node:fs/promises';
import { dirname, join, relative } from 'node:path';
import { minimatch } from 'minimatch';
import type { Failure } from '../../core/failure.ts';
import { err, ok, type Result } from '../../core/result.ts';
import type { ScriptOutput } from '../../plan/node-script.ts';
import { goesThroughLink, within } from '../source/within.ts';

/**
 * Copies what is declared of a checkout to its places below `target`. Links are not followed, and are no files.
 * Errors: `missing-output` for a path that is no file, and for a glob that fits none.
 */
export async function takeOutputs(
  outputs: readonly ScriptOutput[],
  checkout: string,
  target: string,
): Promise<Result<void, Failure>> {
  for (const { from, to } of outputs) {
    if (!isGlob(from)) {
      const why = await whyNoFile(checkout, from);
      if (why !== undefined) return err({ reason: 'missing-output', file: to, detail: `${from} ${why}` });
      await take(join(checkout, from), join(target, to));
      continue;
    }
    const found = await filesFitting(from, checkout);
    if (found.length === 0) {
      const detail = 'the commands succeeded, and no file of the checkout fits';
      return err({ reason: 'missing-output', file: from, detail });
    }
    for (const path of found) await take(join(checkout, path), join(target, to, path));
  }
  return ok(undefined);
}

function isGlob(path: string): boolean {
  return path.includes('*');
}

async function whyNoFile(checkout: string, path: string): Promise<string | undefined> {
  if (await goesThroughLink(checkout, path)) return 'lies behind a link';
  const entry = await lstat(join(checkout, path)).catch(() => undefined);
  if (entry === undefined) return 'is not there, though the commands succeeded';
  return entry.isFile() ? undefined : 'is not a file';
}

async function take(from: string, to: string): Promise<void> {
  await mkdir(dirname(to), { recursive: true });
  await copyFile(from, to);
}

/** Paths of the checkout. Git's own folder is no part of it. */
async function filesFitting(glob: string, checkout: string): Promise<readonly string[]> {
  const parts = glob.split('/');
  const top = parts.slice(0, parts.findIndex(isGlob)).join('/');
  const below = join(checkout, top);
  if ((await within(checkout, top)) !== join(await realpath(checkout), top)) return [];
  const entries = await readdir(below, { recursive: true, withFileTypes: true }).catch(() => []);
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => relative(checkout, join(entry.parentPath, entry.name)))
    .filter((path) => !path.startsWith('.git/') && minimatch(path, glob, { dot: true }))
    .sort();
}
