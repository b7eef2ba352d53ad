import { execFileSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** A certificate and its key: files in PEM. */
export interface KeyPair {
  readonly cert: string;
  readonly key: string;
}

/** Files in PEM, of an authority of the test's own. */
export interface Certificates {
  readonly ca: string;
  /** For 127.0.0.1, localhost and registry.example. */
  readonly server: KeyPair;
  readonly client: KeyPair;
  /** For 127.0.0.1, until yesterday. */
  readonly expired: KeyPair;
  /** For other.example alone. */
  readonly otherName: KeyPair;
  /** For 127.0.0.1, by nobody but itself. */
  readonly selfSigned: KeyPair;
}

/** Makes an authority, and certificates of it for a server on loopback and for a client, by openssl. */
export function makeCertificates(folder: string): Certificates {
  mkdirSync(folder, { recursive: true });
  const ca = { cert: join(folder, 'ca.pem'), key: join(folder, 'ca-key.pem') };
  const fresh = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'];
  openssl(
    'req',
    '-x509',
    ...fresh,
    '-days',
    '2',
    '-subj',
    '/CN=test authority',
    '-keyout',
    ca.key,
    '-out',
    ca.cert,
  );
  const issue = (name: string, extensions: string, days = '2'): KeyPair => {
    const [cert, key, request, config] = ['.pem', '-key.pem', '.csr', '.cnf'].map((end) =>
      join(folder, `${name}${end}`),
    ) as [string, string, string, string];
    writeFileSync(config, extensions);
    openssl('req', ...fresh, '-subj', `/CN=${name}`, '-keyout', key, '-out', request);
    const signing = ['-CA', ca.cert, '-CAkey', ca.key, '-CAcreateserial', '-days', days, '-extfile', config];
    openssl('x509', '-req', '-in', request, ...signing, '-out', cert);
    return { cert, key };
  };
  const selfSigned = { cert: join(folder, 'self.pem'), key: join(folder, 'self-key.pem') };
  const ofItself = ['-days', '2', '-subj', '/CN=self', '-addext', 'subjectAltName=IP:127.0.0.1'];
  openssl('req', '-x509', ...fresh, ...ofItself, '-keyout', selfSigned.key, '-out', selfSigned.cert);
  return {
    selfSigned,
    expired: issue('expired', 'subjectAltName=IP:127.0.0.1\nextendedKeyUsage=serverAuth\n', '-1'),
    otherName: issue('other', 'subjectAltName=DNS:other.example\nextendedKeyUsage=serverAuth\n'),
    ca: ca.cert,
    server: issue(
      'server',
      'subjectAltName=IP:127.0.0.1,DNS:localhost,DNS:registry.example\nextendedKeyUsage=serverAuth\n',
    ),
    client: issue('client', 'extendedKeyUsage=clientAuth\n'),
  };
}

function openssl(...args: readonly string[]): void {
  execFileSync('openssl', args, { stdio: ['ignore', 'ignore', 'pipe'] });
}
