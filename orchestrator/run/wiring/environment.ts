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
export function fetchEnvironment(env: Readonly<Record<string, string>>): Record<string, string> {
  const own = Object.entries(env).filter(([name]) => goVariables.includes(name));
  return { ...userGitEnvironment(env), ...Object.fromEntries(own) };
}
