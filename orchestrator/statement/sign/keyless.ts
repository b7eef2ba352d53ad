import { generateKeyPairSync, sign, X509Certificate } from 'node:crypto';
import { FulcioSigner, type Signature } from '@sigstore/sign';
import type { SignSettings } from '../../config/settings/sign.ts';
import type { Failure } from '../../core/failure.ts';
import { err, ok, type Result } from '../../core/result.ts';
import type { Host } from '../../host.ts';
import { createHttpClient } from '../../tool/http/http-client.ts';
import { proxiesOf } from '../../tool/http/proxy.ts';
import { identityToken } from './identity-token.ts';
import { Refused, signing } from './refused.ts';
import type { SigningKey } from './signing-key.ts';
import { patience, plain } from './witnesses.ts';

/** Milliseconds before a certificate ends from which another is asked for: a log enters what is signed while it lasts. */
const spare = 120_000;

/**
 * Signs by a key that lives as long as this process, certified by Fulcio for who holds the token. One certificate serves until it is
 * about to end: some ten minutes. The first is asked for at once, so that a token that is not taken shows before anything is built.
 * Errors: `usage` where the settings name no Fulcio, or nobody who vouches for the time; those of the token, and of Fulcio.
 */
export async function openKeyless(
  { fulcio, rekor, timestamps }: SignSettings,
  host: Host,
): Promise<Result<SigningKey, Failure>> {
  if (fulcio === undefined || (rekor === undefined && timestamps === undefined)) {
    const lacks = fulcio === undefined ? 'no Fulcio' : 'nobody who vouches for the time';
    return err({
      reason: 'usage',
      message: `Nothing can be signed keyless: the settings name ${lacks}.`,
      help: 'Name "sign.fulcio", and "sign.rekor" or "sign.timestamps". The public ones are https://fulcio.sigstore.dev and https://rekor.sigstore.dev: who signs there, and what, is public for ever.',
    });
  }
  const send = createHttpClient({}, proxiesOf(host.env));
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const pem = publicKey.export({ type: 'spki', format: 'pem' }).toString();
  const keyHolder = {
    sign: async (data: Buffer): Promise<Signature> => ({
      signature: sign('sha256', data, privateKey),
      key: { $case: 'publicKey', publicKey: pem },
    }),
  };
  const identityProvider = {
    async getToken() {
      const token = await identityToken(host, send);
      if (token.ok) return token.value;
      throw new Refused(token.error);
    },
  };
  const certifying = new FulcioSigner({
    ...{ fulcioBaseURL: plain(fulcio), identityProvider, keyHolder },
    ...patience,
  });
  let current: { readonly key: Signature['key']; readonly until: number } | undefined;
  const certify = async (): Promise<Signature['key']> => {
    if (current !== undefined && host.now() < current.until) return current.key;
    const { key } = await certifying.sign(Buffer.alloc(0)).catch(unwrap);
    if (key.$case !== 'x509Certificate') throw new Error('Fulcio gave no certificate');
    current = { key, until: Date.parse(new X509Certificate(key.certificate).validTo) - spare };
    return key;
  };
  const first = await signing(certify, host);
  if (!first.ok) return first;
  return ok({
    ...{ hint: '', publicKey: undefined, shown: 'keyless' },
    async sign(data) {
      const key = await certify();
      return { signature: (await keyHolder.sign(data)).signature, key };
    },
  });
}

/** The library wraps what our own part throws. */
function unwrap(error: unknown): never {
  const { cause } = error as { readonly cause?: unknown };
  throw cause instanceof Refused ? cause : error;
}
