import { platformParts } from '../core/platform.ts';
import type { GoBuildNode } from './node-go.ts';

/** The files that a build makes, where the recipe names them all; undefined where it has a pattern. */
export function programFiles(node: GoBuildNode): readonly string[] | undefined {
  const extension = platformParts(node.platform).os === 'windows' ? '.exe' : '';
  if (node.programs.some((program) => program.package.includes('*'))) return undefined;
  return node.programs.map((program) => `${program.name ?? program.package.split('/').at(-1)}${extension}`);
}
