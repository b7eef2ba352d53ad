import { platformParts } from '../core/platform.ts';
import { goBuildOf, type ProgramNode } from './node-script.ts';

/** The files that a build makes, where the recipe names them all; undefined where it has a pattern. */
export function programFiles(node: ProgramNode): readonly string[] | undefined {
  const extension = platformParts(node.platform).os === 'windows' ? '.exe' : '';
  const { programs } = goBuildOf(node);
  if (programs.some((program) => program.package.includes('*'))) return undefined;
  return programs.map((program) => `${program.name ?? program.package.split('/').at(-1)}${extension}`);
}
