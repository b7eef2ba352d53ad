import { createPublicKey } from 'node:crypto';
import type { SignedEntity } from '@sigstore/verify';

type Certificate = Extract<SignedEntity['key'], { $case: 'certificate' }>['certificate'];

/** SHA-2 of at least 256 bits. The library names no older one, and takes the default for what it cannot name. */
const hashes: readonly (string | undefined)[] = ['sha256', 'sha384', 'sha512'];

/** Curves of the keys that Fulcio certifies, by the names that OpenSSL has for them. */
const curves: readonly (string | undefined)[] = ['prime256v1', 'secp384r1', 'secp521r1'];

/** Why a certificate proves too little whoever gave it; undefined where it does not. */
export function whyWeak(certificate: Certificate): string | undefined {
  const { signatureAlgorithm } = certificate;
  if (!hashes.includes(signatureAlgorithm))
    return `its certificate is signed by ${signatureAlgorithm ?? 'an algorithm that is not taken'}: SHA-256 or longer is needed`;
  const key = createPublicKey({ key: certificate.publicKey, format: 'der', type: 'spki' });
  const { namedCurve } = key.asymmetricKeyDetails ?? {};
  if (key.asymmetricKeyType === 'ed25519' || (key.asymmetricKeyType === 'ec' && curves.includes(namedCurve)))
    return undefined;
  const kind = [key.asymmetricKeyType, namedCurve].filter((word) => word !== undefined).join(' ');
  return `its certificate is for a key of the kind ${kind}: Ed25519 and ECDSA on NIST's curves from P-256 on are taken`;
}
