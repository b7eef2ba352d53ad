import { z } from 'zod';
import { endpoint } from './ecr.ts';

/** Whom signing asks, beside the key. Nobody is asked who is not named. */
export const signSettings = z.strictObject({
  fulcio: endpoint.optional().meta({
    description: 'Certifies the keys of `--sign keyless` for the holders of tokens.',
    examples: ['https://fulcio.sigstore.dev'],
  }),
  rekor: endpoint.optional().meta({
    description: 'A log (Rekor, API version 1): every signature is entered, for everybody to see.',
    examples: ['https://rekor.sigstore.dev'],
  }),
  timestamps: endpoint.optional().meta({
    description: "A timestamp authority of Sigstore's kind: every signature gets a timestamp.",
    examples: ['https://timestamp.example.com'],
  }),
  kms: z
    .strictObject({ endpoint: endpoint.optional() })
    .optional()
    .meta({
      description: 'Another address of AWS KMS: `{region}` is replaced.',
      examples: [{ endpoint: 'https://kms.{region}.example.com' }],
    }),
});
export type SignSettings = z.infer<typeof signSettings>;
