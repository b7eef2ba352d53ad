import { join } from 'node:path';
import { userEnvironment } from '../core/edge/user-environment.ts';
import type { Host } from '../host.ts';

/** The user's folders, absolute; undefined where nothing says where they are. */
export interface UserFolders {
  readonly home: string | undefined;
  readonly config: string | undefined;
  readonly cache: string | undefined;
}

/** Where the user's files are (`userEnvironment`): nothing of theirs is in the current folder. */
export function userFolders({ env, accountHome }: Pick<Host, 'env' | 'accountHome'>): UserFolders {
  const { HOME: home, XDG_CONFIG_HOME, XDG_CACHE_HOME } = userEnvironment(env, accountHome);
  const below = (name: string) => (home === undefined ? undefined : join(home, name));
  return {
    home,
    config: XDG_CONFIG_HOME ?? below('.config'),
    cache: XDG_CACHE_HOME ?? below('.cache'),
  };
}
