import { z } from 'zod';
import { mostOfStatement, payloadType } from '../statement.ts';

/** The media type of a Sigstore bundle, version 0.3: of the file, of the blob, and of the artifact that refers to an image. */
export const bundleType = 'application/vnd.dev.sigstore.bundle.v0.3+json';

/** Bytes, or UTF-16 code units: a statement in Base64, and what goes with it. */
export const mostOfBundle = mostOfStatement * 1.5;

/** How the same version was written first (protobuf-specs, sigstore_bundle.proto). */
const formerType = 'application/vnd.dev.sigstore.bundle+json;version=0.3';

/** What decodes Base64 takes much that is none: this takes the one text that there is for each content. */
const base64 = z
  .string('expected Base64')
  .refine((text) => Buffer.from(text, 'base64').toString('base64') === text, 'expected Base64');
const bytes = base64.min(1, 'is empty');

/** Whole numbers are texts in JSON of protobuf. */
const integer = z.string().regex(/^(0|[1-9][0-9]{0,18})$/, 'expected a whole number as a text');

const logEntry = z.strictObject({
  logIndex: integer.optional(),
  logId: z.strictObject({ keyId: bytes }),
  kindVersion: z.strictObject({ kind: z.string().min(1), version: z.string().min(1) }),
  integratedTime: integer.optional(),
  inclusionPromise: z.strictObject({ signedEntryTimestamp: bytes }).optional(),
  inclusionProof: z
    .strictObject({
      logIndex: integer.optional(),
      rootHash: bytes,
      treeSize: integer,
      hashes: z.array(bytes).max(64).optional(),
      checkpoint: z.strictObject({ envelope: z.string().min(1) }),
    })
    .optional(),
  canonicalizedBody: bytes,
});

/** Who signed: exactly one of the two. Version 0.3 has no chains of certificates. */
const material = z
  .strictObject({
    publicKey: z.strictObject({ hint: z.string().max(1024).optional() }).optional(),
    certificate: z.strictObject({ rawBytes: bytes }).optional(),
    tlogEntries: z.array(logEntry).max(8).optional(),
    timestampVerificationData: z
      .strictObject({
        rfc3161Timestamps: z
          .array(z.strictObject({ signedTimestamp: bytes }))
          .max(8)
          .optional(),
      })
      .optional(),
  })
  .refine(
    ({ publicKey, certificate }) => (publicKey === undefined) !== (certificate === undefined),
    'expected either a public key or a certificate',
  );

const signature = z.strictObject({ sig: bytes, keyid: z.string().max(1024).optional() });

/** A Sigstore bundle with a statement in it. Other programs let pass what is not known to them; this refuses it. */
export const bundleSchema = z.strictObject({
  mediaType: z
    .string()
    .refine((type) => type === bundleType || type === formerType, `expected ${bundleType}`),
  verificationMaterial: material,
  dsseEnvelope: z.strictObject({
    payload: bytes,
    payloadType: z.literal(payloadType, `expected ${payloadType}`),
    signatures: z
      .array(signature, 'expected a list with a signature')
      .length(1, 'expected one signature: which of several counts, no two programs agree on'),
  }),
});

/** How many logs and clocks vouch for what is in a bundle, which was read before. */
export function witnessesIn(bundle: string): number {
  const { verificationMaterial } = bundleSchema.parse(JSON.parse(bundle));
  const { tlogEntries = [], timestampVerificationData } = verificationMaterial;
  return tlogEntries.length + (timestampVerificationData?.rfc3161Timestamps ?? []).length;
}
