/** The XDG base directory specification's (0.8): each is one folder, and a relative path counts as unset. */
const folders = [
  ...['XDG_CACHE_HOME', 'XDG_CONFIG_HOME', 'XDG_DATA_HOME', 'XDG_STATE_HOME', 'XDG_RUNTIME_DIR'],
];

/**
 * The environment with folders of the user's that can be used: a variable that is empty or a relative path counts as unset, and HOME is
 * then what the password database has. So neither this program nor what it starts has files of the user's in the current folder.
 * @param accountHome undefined where the user is in no password database.
 */
export function userEnvironment(
  env: Readonly<Record<string, string>>,
  accountHome: string | undefined,
): Readonly<Record<string, string>> {
  const { HOME: given, ...others } = env;
  const home = [given, accountHome].find(isAbsolute);
  const kept = Object.entries(others).filter(([name, value]) => !folders.includes(name) || isAbsolute(value));
  return { ...Object.fromEntries(kept), ...(home === undefined ? {} : { HOME: home }) };
}

function isAbsolute(path: string | undefined): boolean {
  return path?.startsWith('/') === true;
}
