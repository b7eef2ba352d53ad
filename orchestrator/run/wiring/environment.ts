import type { Host } from '../../host.ts';
import { userGitEnvironment } from '../../tool/git/environment.ts';

/** The go command's own settings for fetching, where the user's environment has them (`go help environment`). */
const goVariables = [
  'GOPROXY',
  'GONOPROXY',
  'GOSUMDB',
  'GONOSUMDB',
  'GOPRIVATE',
  'GOINSECURE',
  'GOAUTH',
  'GOENV',
];

/** What a go command that fetches is told of the user's environment: what a fetching git is told, and go's own settings. */
export function fetchEnvironment(host: Pick<Host, 'env' | 'credentials'>): Record<string, string> {
  const own = Object.entries(host.env).filter(([name]) => goVariables.includes(name));
  return { ...remoteGitEnvironment(host), ...Object.fromEntries(own) };
}

/** What a git that fetches is told: the user's own, and how to sign in where the settings say. */
export function remoteGitEnvironment({
  env,
  credentials,
}: Pick<Host, 'env' | 'credentials'>): Record<string, string> {
  return userGitEnvironment(env, credentials.placed());
}
