import type { Failure } from './failure.ts';

/** A certificate that the program that fetches does not trust. @param host undefined where it is not known. */
export function untrustedCertificate(host: string | undefined, what: string, detail: string): Failure {
  return {
    reason: 'usage',
    message: `The certificate of ${host ?? 'the server'} is not trusted, so ${what} failed: ${detail}`,
    help: 'Name a file of the authorities that are to be trusted: SSL_CERT_FILE for go, http.sslCAInfo (GIT_SSL_CAINFO) for git, CURL_CA_BUNDLE for curl, NODE_EXTRA_CA_CERTS for what this program fetches itself, registries.<host>.ca of the settings for a registry.',
  };
}
