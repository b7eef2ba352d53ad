import { z } from 'zod';
import { goVersion, instant } from '../fields.ts';

/**
 * Spans of Kubernetes minors whose own scripts call the go command alike, by their first and last one. Late in 1.25 to 1.29
 * the checkout's path went out of the call (`trimsPaths` in `release/kubernetes-version.ts`).
 */
const kubernetesEra = z.enum(['1.18-1.19', '1.20-1.23', '1.24', '1.25-1.29', '1.30-1.33', '1.34-']);
export type KubernetesEra = z.infer<typeof kubernetesEra>;

/**
 * What upstream had stamped into the programs, by the state of its own scripts (`release/kubernetes-stamping.ts`):
 *
 * - `E0`: whatever the checkout's scripts found out; it was never compared.
 * - `E3`: the tag's commit, `clean`, `<tag>-eks-1-NN`, the time when the branch's patches were last changed.
 * - `E4`: the same, but the author's date of the last patch.
 * - `E5`: as E4; the vendor folder is that of the patched checkout from here on.
 * - `E6`: the patched commit, `archive`, `<tag>-eks-<digits of it>`, the date of the tag's commit.
 */
const stampingRule = z.enum(['E0', 'E3', 'E4', 'E5', 'E6']);
export type StampingRule = z.infer<typeof stampingRule>;

/** What is inferred of a release and not known, by name: `verdict/explain/kubernetes-variants.ts` has what each one tries. */
const kubernetesVariant = z.enum([
  'all-names',
  'go-of-builder',
  'go-official',
  'path-unspaced',
  'tags-of-minor',
  'tags-none',
  'short-head-8',
  'stamping-E3',
  'stamping-E4',
  'stamping-E6',
]);
export type KubernetesVariant = z.infer<typeof kubernetesVariant>;

/** What a lock says of Kubernetes beside what it says of every project. */
export const lockedKubernetes = z.strictObject({
  era: kubernetesEra,
  stamping: z.strictObject({
    rule: stampingRule,
    /** The line of upstream's script that tells it from the others, `<file>:<line>`. */
    read: z.string().min(1),
    /** For E3: when the branch's patches were last changed. */
    patched: instant.optional(),
  }),
  go: z.strictObject({
    /** Which Go its scripts take: the first on the PATH, or the one that `.go-version` of the patched checkout names. */
    rule: z.enum(['builder', 'checkout']),
    /** `unresolved`: nothing that was at hand says what stands in that file; the project's `go` is the builder's. */
    state: z.enum(['known', 'unresolved']),
    /** The builder image's, where the checkout names another one. */
    builder: z
      .strictObject({ version: goVersion, read: z.string(), build: z.string().min(1).optional() })
      .optional(),
  }),
  variants: z.array(kubernetesVariant),
});
export type LockedKubernetes = z.infer<typeof lockedKubernetes>;
