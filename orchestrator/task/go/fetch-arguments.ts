import type { ModulesNode } from '../../plan/node-go.ts';
import { goMinor } from '../../tool/go/go.ts';

/** What the go command is given that loads all packages of a node for a platform, and so fetches their modules. Pure. */
export function listArguments({ flags }: Pick<ModulesNode, 'flags'>, packages: readonly string[]) {
  return ['list', ...flags, '-deps', ...packages];
}

/** What makes a `vendor` folder. */
export const vendorArguments = ['mod', 'vendor'] as const;

/** GOFLAGS of both. Files of the module cache can be moved without root; 1.13 does not know the flag. */
export function fetchFlags({ goVersion }: Pick<ModulesNode, 'goVersion'>): string {
  return goMinor(goVersion) >= 14 ? '-modcacherw' : '';
}
