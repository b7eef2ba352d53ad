import { basicAuthorization, type Credential } from '../../core/credentials.ts';

/** Git's settings for local work, whatever the user's or the machine's say. */
const settings: Readonly<Record<string, string>> = {
  'advice.detachedHead': 'false',
  'core.autocrlf': 'false',
  'core.fsmonitor': 'false',
  'core.hooksPath': '/dev/null',
  'gc.auto': '0',
  'log.showSignature': 'false',
  // The store may belong to another user than the one who reads it.
  'safe.directory': '*',
};

/**
 * The whole environment of a git that works locally: the same on every machine. Also for programs that run git
 * themselves, such as the go command; they may add to it.
 * @param path PATH.
 */
export function hermeticGitEnvironment(path: string): Record<string, string> {
  const names = Object.keys(settings);
  return {
    GIT_ATTR_NOSYSTEM: '1',
    GIT_CONFIG_COUNT: String(names.length),
    ...Object.fromEntries(
      names.flatMap((name, index) => [
        [`GIT_CONFIG_KEY_${index}`, name],
        [`GIT_CONFIG_VALUE_${index}`, settings[name] ?? ''],
      ]),
    ),
    GIT_CONFIG_GLOBAL: '/dev/null',
    GIT_CONFIG_NOSYSTEM: '1',
    GIT_NO_LAZY_FETCH: '1',
    GIT_OPTIONAL_LOCKS: '0',
    GIT_TERMINAL_PROMPT: '0',
    HOME: '/dev/null',
    LC_ALL: 'C',
    PATH: path,
    TZ: 'UTC',
  };
}

/** Variables that a fetching git gets from the user's environment, by name or by how the name starts. */
const fetchNames = new Set([
  'ALL_PROXY',
  'CURL_CA_BUNDLE',
  'GIT_ASKPASS',
  'HOME',
  'HTTPS_PROXY',
  'HTTP_PROXY',
  'LOGNAME',
  'NETRC',
  'NO_PROXY',
  'PATH',
  'SSH_AGENT_PID',
  'SSH_ASKPASS',
  'SSH_AUTH_SOCK',
  'SSL_CERT_DIR',
  'SSL_CERT_FILE',
  'USER',
  'XDG_CONFIG_HOME',
  'all_proxy',
  'http_proxy',
  'https_proxy',
  'no_proxy',
]);
const fetchPrefixes = ['GIT_SSH', 'GIT_CONFIG', 'GIT_SSL_', 'GIT_HTTP_', 'GIT_PROXY_'];

/**
 * The environment of a git that fetches: the user's own configuration, credentials and proxies, and nothing else of
 * the user's environment; it never asks. @param credentials go as a header, which no message of git quotes.
 */
export function userGitEnvironment(
  env: Readonly<Record<string, string>>,
  credentials: readonly Credential[] = [],
): Record<string, string> {
  const isWanted = ([name]: [string, string]) =>
    fetchNames.has(name) || fetchPrefixes.some((prefix) => name.startsWith(prefix));
  // Beside what the user's environment configures in the same way.
  const first = Number(env['GIT_CONFIG_COUNT'] ?? 0) || 0;
  const signingIn = credentials.flatMap((credential, at) => [
    [`GIT_CONFIG_KEY_${first + at}`, `http.${credential.place}.extraHeader`],
    [`GIT_CONFIG_VALUE_${first + at}`, `Authorization: ${basicAuthorization(credential)}`],
  ]);
  const count = credentials.length === 0 ? {} : { GIT_CONFIG_COUNT: String(first + credentials.length) };
  return {
    ...Object.fromEntries([...Object.entries(env).filter(isWanted), ...signingIn]),
    ...count,
    GIT_TERMINAL_PROMPT: '0',
    LC_ALL: 'C',
    TZ: 'UTC',
  };
}
