import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { GoBuildNode } from '../../plan/node-go.ts';

/**
 * Says so where a checkout names another Go than the one that built it; nothing where it names none.
 * @param tree of the source.
 */
export async function notesOnGo(
  { goFile, goVersion }: Pick<GoBuildNode, 'goFile' | 'goVersion'>,
  tree: string,
): Promise<readonly string[]> {
  if (goFile === undefined) return [];
  const text = await readFile(join(tree, 'source', goFile), 'utf8').catch(() => '');
  const named = text.trim().replace(/^go/, '');
  if (named === '' || named === goVersion) return [];
  return [
    `The checkout's ${goFile} names Go ${named}, which its own scripts take; it was built with Go ${goVersion}.`,
  ];
}
