import type { Signature } from '@sigstore/sign';

/** A key that signs. Its private half is reached by `sign` alone. */
export interface SigningKey {
  /** Of the public key: Base64 of its SPKI's SHA-256, as bundles of cosign name it; empty where a certificate says who signs. */
  readonly hint: string;
  /** SPKI, PEM; undefined where each run has a key and a certificate of its own. */
  readonly publicKey: string | undefined;
  /** How a message says who signs: `release.key`, `awskms:///arn:...`, `keyless`. */
  readonly shown: string;
  /** @throws Refused where it cannot, as the library that calls it has it. */
  sign(data: Buffer): Promise<Signature>;
}
