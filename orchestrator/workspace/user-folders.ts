import { isAbsolute, join } from 'node:path';
import type { Host } from '../host.ts';

/** The user's folders, absolute; undefined where nothing says where they are. */
export interface UserFolders {
  readonly home: string | undefined;
  readonly config: string | undefined;
  readonly cache: string | undefined;
}

/**
 * Where the user's files are: HOME, else what the password database has, and the XDG base directory specification (0.8), by which
 * a variable that is empty or a relative path counts as unset. So does HOME: nothing of the user's is in the current folder.
 */
export function userFolders({ env, accountHome }: Pick<Host, 'env' | 'accountHome'>): UserFolders {
  const home = absolute(env['HOME']) ?? absolute(accountHome);
  const below = (name: string) => (home === undefined ? undefined : join(home, name));
  return {
    home,
    config: absolute(env['XDG_CONFIG_HOME']) ?? below('.config'),
    cache: absolute(env['XDG_CACHE_HOME']) ?? below('.cache'),
  };
}

function absolute(path: string | undefined): string | undefined {
  return path !== undefined && isAbsolute(path) ? path : undefined;
}
