import { createHash, createPublicKey, type KeyObject } from 'node:crypto';
import { type Digest, digestOf } from '../../core/digest.ts';
import { err, ok, type Result } from '../../core/result.ts';

/** The public half of a key that signs or is trusted here. */
export interface PublicKey {
  readonly key: KeyObject;
  /** SPKI, PEM. */
  readonly pem: string;
  /** SHA-256 of the SPKI. */
  readonly sha256: Digest;
  /** The same in Base64: how cosign names a key in a bundle. */
  readonly hint: string;
}

/**
 * The public half, where it is of a kind that is taken: Ed25519, and ECDSA on P-256. What verifies a signature goes by the key's own
 * kind alone, so a key of a weak kind would be the whole of its weakness. Errors: why not, as the end of a sentence.
 */
export function publicKeyOf(key: KeyObject): Result<PublicKey, string> {
  const kind = key.asymmetricKeyType;
  const curve = key.asymmetricKeyDetails?.namedCurve;
  if (kind !== 'ed25519' && !(kind === 'ec' && curve === 'prime256v1')) {
    const found = [kind, curve].filter((word) => word !== undefined).join(' ');
    return err(`is of the kind ${found}; Ed25519 and ECDSA P-256 are taken`);
  }
  const half = key.type === 'public' ? key : createPublicKey(key);
  // One key has several encodings, a point that is compressed among them: by its numbers alone it is known again.
  const own = createPublicKey({ key: half.export({ format: 'jwk' }), format: 'jwk' });
  const der = own.export({ type: 'spki', format: 'der' });
  return ok({
    key: own,
    pem: own.export({ type: 'spki', format: 'pem' }).toString(),
    sha256: digestOf(der),
    hint: createHash('sha256').update(der).digest('base64'),
  });
}

/** Reads a public key in PEM. Errors: why it is none that is taken, as the end of a sentence. */
export function readPublicKey(pem: string): Result<PublicKey, string> {
  if (!/^\s*-----BEGIN PUBLIC KEY-----/.test(pem)) return err('is no public key in PEM (BEGIN PUBLIC KEY)');
  let key: KeyObject;
  try {
    key = createPublicKey(pem);
  } catch {
    return err('is no public key that can be read');
  }
  return publicKeyOf(key);
}
