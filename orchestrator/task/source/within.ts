import { lstat, realpath } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { readSource } from '../../tool/file/read-file.ts';

/**
 * The real path of what is in a folder that others filled: a checkout, or what its scripts made. Undefined where there is nothing, and
 * where a link on the way leads out of it: what the machine has there is nobody's source.
 */
export async function within(root: string, path: string): Promise<string | undefined> {
  const [top, found] = await Promise.all(
    [root, join(root, path)].map((each) => realpath(each).catch(() => '')),
  );
  return found === top || (top !== '' && found?.startsWith(`${top}/`)) ? found : undefined;
}

/** The text of such a file; empty where it is none. */
export async function textWithin(root: string, path: string): Promise<string> {
  const found = await within(root, path);
  return found === undefined ? '' : readSource(found);
}

/** Whether a folder on the way to a path is a link: then what is made at that path is made elsewhere. */
export async function goesThroughLink(root: string, path: string): Promise<boolean> {
  for (let at = dirname(path); at !== '.'; at = dirname(at)) {
    if ((await lstat(join(root, at)).catch(() => undefined))?.isSymbolicLink()) return true;
  }
  return false;
}
