import { z } from 'zod';
import { numberFrom } from '../../config/fields.ts';
import { place } from '../../config/place.ts';
import { whyTooWide } from './pattern.ts';

const text = z.string().min(1, 'expected a text').max(2048, 'longer than any');

/** What a person or a machine is called in output: plain characters. */
const signerName = z
  .string()
  .regex(
    /^[A-Za-z0-9](?:[A-Za-z0-9 ._@-]{0,62}[A-Za-z0-9])?$/,
    'expected a name: letters, digits, spaces and . _ @ -',
  );

const list = <T extends z.ZodType>(of: T) => z.array(of).min(1, 'an empty list asks for nothing').max(1000);

const pattern = text.superRefine((given, context) => {
  const why = whyTooWide(given);
  if (why !== undefined) context.addIssue({ code: 'custom', message: `the pattern ${why}` });
});

/** Whom a certificate names, and who says so. */
const identity = z
  .strictObject({
    /** As the certificate has it, whole: `ci@acme.example`, `https://github.com/acme/rebuild/.github/workflows/ci.yml@refs/heads/main`. */
    identity: text.optional(),
    /** Or what fits it: `*` is any characters but a slash, `**` any. */
    pattern: pattern.optional(),
    /** Who vouched for that name, whole: `https://token.actions.githubusercontent.com`. */
    issuer: text,
  })
  .refine(
    (given) => (given.identity === undefined) !== (given.pattern === undefined),
    'takes either "identity" or "pattern"',
  );

/** One party, however many keys it has: what several of them sign counts once. */
const signer = z
  .strictObject({
    /** Public keys, PEM: files, from the folder of the policy, or the texts themselves. */
    keys: list(place('path').or(z.string().startsWith('-----BEGIN'))).optional(),
    identities: list(identity).optional(),
  })
  .refine(
    ({ keys, identities }) => keys !== undefined || identities !== undefined,
    'has neither "keys" nor "identities": nothing could be its own',
  );

/** That the bytes are the published ones. */
const equivalence = z
  .strictObject({
    /** Which verdicts count. No other says that a file is what it should be. */
    verdicts: list(
      z.enum(['identical', 'equivalent'], 'expected identical or equivalent: no other verdict counts'),
    ),
    /** What may have been set aside where a file is `equivalent`, by name. */
    normalizers: list(text).optional(),
  })
  .superRefine(({ verdicts, normalizers }, context) => {
    const takes = verdicts.includes('equivalent');
    if (takes === (normalizers !== undefined)) return;
    const message = takes
      ? '"equivalent" takes "normalizers": what may be set aside'
      : 'nothing is set aside where only identical files count: leave it out, or have "equivalent" count';
    context.addIssue({ code: 'custom', message, path: takes ? ['verdicts'] : ['normalizers'] });
  });

/** How they were made. */
const provenance = z.strictObject({
  /** `runDetails.builder.id`: whose builds count. */
  builders: list(text),
});

/** That a release passed a verification, and what was verified of it (SLSA's VSA). */
const summary = z.strictObject({
  /** `verifier.id`: whose verifications count. */
  verifiers: list(text),
  /** Of `verifiedLevels`: all of these have to be among them. */
  levels: list(text).optional(),
});

/**
 * What has to be said, and by whom, for something to be trusted. There is no default for any of it: who is trusted, how many of them have
 * to agree, and on what, are given, or nothing is.
 */
export const policySchema = z.strictObject({
  schema: z.literal('1', { error: 'this version reads policy schema 1' }),
  signers: z
    .record(signerName, signer)
    .refine((given) => Object.keys(given).length > 0, 'names nobody: nothing would be trusted'),
  /** How many of them have to say so, each of what is required. */
  agree: numberFrom(1, 1000, 'signers that have to agree'),
  require: z
    .strictObject({
      equivalence: equivalence.optional(),
      provenance: provenance.optional(),
      summary: summary.optional(),
    })
    .refine(
      (given) => Object.values(given).some((each) => each !== undefined),
      'asks for nothing: everything would be trusted',
    ),
  /** How old a signature may be, by a time that the root vouches for; one without such a time does not count then. */
  days: numberFrom(1, 36_500, 'days').optional(),
  /** Of which releases and projects this is meant: `v1-30-*`, `etcd-io/*`; all where it is left out. */
  releases: list(text).optional(),
  projects: list(text).optional(),
  /** Sigstore's trusted_root.json: who vouches for certificates and times. From the folder of the policy. */
  root: place('path').optional(),
});

export type PolicyText = z.infer<typeof policySchema>;
