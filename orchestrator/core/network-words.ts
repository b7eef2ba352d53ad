import type { Failure } from './failure.ts';

/** What is wrong with a certificate, and what helps; undefined: to name who signed it. */
interface Flaw {
  readonly why: string;
  readonly help?: string;
}

const renew = 'Whoever runs the server has to renew it; a file of authorities does not help.';

/** By the words and codes of node, OpenSSL, GnuTLS and Go. The first that fits counts: Go says of both dates "or is not yet valid". */
const flaws: readonly (readonly [words: RegExp, flaw: Flaw])[] = [
  [
    /NOT_YET_VALID|is before \d|not (yet )?activated|^(?!.*expired).*not yet valid/i,
    {
      why: 'it is not valid yet',
      help: 'Look at the clock of this machine, and whether the server has its new certificate too early.',
    },
  ],
  [/expired|expiration date has passed/i, { why: 'it has expired', help: renew }],
  [
    /ALTNAME|altnames|HOSTNAME_MISMATCH|alternative certificate subject name|does not match (target )?host|valid for .*, not |doesn't contain any (IP )?SANs|not match certificate/i,
    {
      why: 'it is for another name',
      help: 'Ask for it by a name that the certificate is for, or have one made that has this name; a file of authorities does not help.',
    },
  ],
  [/revoked/i, { why: 'it was revoked', help: renew }],
  [/self[-_ ]signed certificate in|SELF_SIGNED_CERT_IN_CHAIN/i, { why: 'its authority is not trusted here' }],
  [/self[-_ ]signed/i, { why: 'it is self-signed' }],
  [
    /unknown authority|UNABLE_TO_|unable to get|unable to verify|signer not|unknown issuer/i,
    { why: 'its authority is not trusted here' },
  ],
];

/** What is wrong with a certificate, by what whoever checked it says. */
export function flawIn(said: string): Flaw {
  const [, flaw] = flaws.find(([words]) => words.test(said)) ?? [];
  return flaw ?? { why: 'it did not pass the check' };
}

/** A certificate that the program that fetches does not trust. @param host undefined where it is not known. */
export function untrustedCertificate(host: string | undefined, what: string, detail: string): Failure {
  const { why, help = authorities } = flawIn(detail);
  return {
    reason: 'usage',
    message: `The certificate of ${host ?? 'the server'} is not trusted: ${why}. So ${what} failed: ${detail}`,
    help,
  };
}

const authorities =
  'Name a file of the authorities that are to be trusted: SSL_CERT_FILE for go, http.sslCAInfo (GIT_SSL_CAINFO) for git, NODE_EXTRA_CA_CERTS for what this program fetches itself, registries.<host>.ca of the settings for a registry.';

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
