import { z } from 'zod';
import { day } from '../fields.ts';

/** A semver range; a longer one says nothing, and takes its time to be read. */
const range = z.string().max(256);

/** Where a build or an image, or a part of it, applies. Every member that is given must hold. */
export const condition = z.strictObject({
  /** A semver range that the source tag's version must be in; prereleases count (`>=3.5.0-0`). */
  version: range.optional(),
  /** A semver range that the release branch must be in: `1-22` counts as 1.22.0. */
  branch: range.optional(),
  /** The family of base images that the release's images stand on (`plan/base-family.ts`). */
  base: z.enum(['standard', 'minimal']).optional(),
  /** Applies to commits of EKS-D from this date on: the committer's, of the commit that the pins were read from. */
  from: day.optional(),
  /** Applies to commits of EKS-D before this date. */
  before: day.optional(),
});
export type Condition = z.infer<typeof condition>;
