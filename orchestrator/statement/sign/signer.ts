import { type KeyObject, sign } from 'node:crypto';
import type { Witness } from '@sigstore/sign';
import type { SignSettings } from '../../config/settings/sign.ts';
import type { Failure } from '../../core/failure.ts';
import { err, ok, type Result } from '../../core/result.ts';
import type { Host } from '../../host.ts';
import { proxiesOf } from '../../tool/http/proxy.ts';
import { readKeyFile } from './key-file.ts';
import { type KeyPlace, keyPlaceOf, type SignWords } from './key-place.ts';
import { openKmsKey, type RemoteKey } from './kms.ts';
import { type PublicKey, publicKeyOf } from './public-key.ts';
import { Refused } from './refused.ts';
import type { SigningKey } from './signing-key.ts';

/** Who signs. */
export interface Signer extends SigningKey {
  /** Who vouches for the time, or for that it was made public. */
  readonly witnesses: readonly Witness[];
}

/**
 * Opens what signs: reads the key, asks KMS for it, or has Fulcio certify one for the holder of a token. Nothing is asked of a person.
 * Errors: `usage` where it cannot be used as it is named; those of asking AWS, or Fulcio.
 */
export async function openSigner(
  words: SignWords,
  settings: SignSettings,
  host: Host,
): Promise<Result<Signer, Failure>> {
  const place = keyPlaceOf(words);
  if (!place.ok) return place;
  if (place.value === undefined) throw new Error('nothing is to be signed, which was looked at before');
  const signer = await openKey(place.value, words, settings, host);
  if (!signer.ok) return signer;
  const { witnessesOf } = await import('./witnesses.ts');
  return ok({ ...signer.value, witnesses: witnessesOf(settings) });
}

async function openKey(
  place: KeyPlace,
  words: SignWords,
  settings: SignSettings,
  host: Host,
): Promise<Result<SigningKey, Failure>> {
  switch (place.kind) {
    case 'file': {
      const key = await readKeyFile(place.path, words.signPasswordFile, host);
      if (!key.ok) return key;
      const own = publicKeyOf(key.value);
      if (own.ok) return ok(signerBy(own.value, place.path, signLocally(key.value)));
      const help = 'Make one: openssl genpkey -algorithm ed25519, or cosign generate-key-pair.';
      return err({ reason: 'usage', message: `The key ${place.path} ${own.error}.`, help });
    }
    case 'kms': {
      const { env, signal } = host;
      const options = { settings: settings.kms ?? {}, env, signal, findProxy: proxiesOf(env) };
      const key = await openKmsKey(place, options);
      return key.ok ? ok(signerBy(key.value.publicKey, `awskms:///${place.arn}`, key.value.sign)) : key;
    }
    case 'keyless': {
      const { openKeyless } = await import('./keyless.ts');
      return openKeyless(settings, host);
    }
  }
}

function signerBy({ hint, pem }: PublicKey, shown: string, by: RemoteKey['sign']): SigningKey {
  return {
    ...{ hint, publicKey: pem, shown },
    async sign(data) {
      const signature = await by(data);
      if (!signature.ok) throw new Refused(signature.error);
      return { signature: signature.value, key: { $case: 'publicKey', publicKey: pem } };
    },
  };
}

/** Ed25519 hashes by itself. */
function signLocally(key: KeyObject): RemoteKey['sign'] {
  const hash = key.asymmetricKeyType === 'ed25519' ? null : 'sha256';
  return async (data) => ok(sign(hash, data, key));
}
