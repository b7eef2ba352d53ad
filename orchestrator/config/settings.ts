import { z } from 'zod';
import { count } from './fields.ts';

/** `eksd-rebuild.yaml` beside `releases/`, and the user's own `settings.yaml`: where things are and how much may run. */
export const settingsSchema = z.strictObject({
  /** The folder of the store, the git clones and the build cache. */
  cache: z.string().min(1).optional(),
  /** The repository of EKS Distro itself. */
  upstream: z.string().min(1).optional(),
  /** The repository of EKS Distro's builder images, whose history says which Go they had. */
  buildTooling: z.string().min(1).optional(),
  /** Where a component's source is: `{org}` and `{repo}` are replaced. */
  sources: z.string().min(1).optional(),
  /** Repository URLs, or what they start with, and what to read instead; the longest that fits counts. */
  mirrors: z.record(z.string().min(1), z.string().min(1)).optional(),
  limits: z
    .strictObject({
      /** Fetches at once. */
      network: count.optional(),
      /** Builds at once; each uses every core where it can. */
      builds: count.optional(),
      /** Memory for builds in MiB. */
      memory: count.optional(),
    })
    .optional(),
});
export type Settings = z.infer<typeof settingsSchema>;
