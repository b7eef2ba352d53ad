import { join } from 'node:path';
import type { GoBuildNode } from '../../plan/node-go.ts';
import { textWithin } from '../source/within.ts';

/**
 * Says so where a checkout names another Go than the one that built it; nothing where it names none.
 * @param tree of the source.
 */
export async function notesOnGo(
  { goFile, goVersion }: Pick<GoBuildNode, 'goFile' | 'goVersion'>,
  tree: string,
): Promise<readonly string[]> {
  if (goFile === undefined) return [];
  const text = await textWithin(join(tree, 'source'), goFile);
  // Upstream's own words: shown, and so no more of them than a version has.
  const named = /^go([0-9][a-z0-9.]{0,30})$/.exec(`go${text.trim().replace(/^go/, '')}`)?.[1] ?? '';
  if (named === '' || named === goVersion) return [];
  return [
    `The checkout's ${goFile} names Go ${named}, which its own scripts take; it was built with Go ${goVersion}.`,
  ];
}
