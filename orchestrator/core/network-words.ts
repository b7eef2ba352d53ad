import type { Failure } from './failure.ts';

/** A certificate that the program that fetches does not trust. @param host undefined where it is not known. */
export function untrustedCertificate(host: string | undefined, what: string, detail: string): Failure {
  return {
    reason: 'usage',
    message: `The certificate of ${host ?? 'the server'} is not trusted, so ${what} failed: ${detail}`,
    help: 'Name a file of the authorities that are to be trusted: SSL_CERT_FILE for go, http.sslCAInfo (GIT_SSL_CAINFO) for git, CURL_CA_BUNDLE for curl, NODE_EXTRA_CA_CERTS for what this program fetches itself, registries.<host>.ca of the settings for a registry.',
  };
}

const variables = ['HTTPS_PROXY', 'HTTP_PROXY', 'ALL_PROXY'];

/**
 * A sentence on the proxies that an environment names for a command, whose requests nobody here sees; with a blank before it, and
 * empty where there are none. They are not said: they may hold a password.
 */
export function proxiesNamed(env: Readonly<Record<string, string>>): string {
  const names = variables.filter((name) => (env[name] || env[name.toLowerCase()] || '') !== '');
  if (names.length === 0) return '';
  const who = names.length === 1 ? `${names[0]} names` : `${names.join(' and ')} name`;
  return ` It goes by the proxy that ${who}, but for hosts in NO_PROXY.`;
}
