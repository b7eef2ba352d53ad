import { z } from 'zod';
import { endpoint } from './ecr.ts';

/** Whom signing asks, beside the key. Nobody is asked who is not named. */
export const signSettings = z.strictObject({
  /** Certifies keys for the holders of tokens. */
  fulcio: endpoint.optional(),
  /** A log of signatures (Rekor, API version 1): every signature is entered. */
  rekor: endpoint.optional(),
  /** A timestamp authority of Sigstore's kind: every signature gets a timestamp. */
  timestamps: endpoint.optional(),
  /** Another address of AWS KMS than AWS's: `{region}` is replaced. */
  kms: z.strictObject({ endpoint: endpoint.optional() }).optional(),
});
export type SignSettings = z.infer<typeof signSettings>;
