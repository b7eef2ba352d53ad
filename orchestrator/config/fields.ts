import { z } from 'zod';
import { withoutUrlCredentials } from '../core/credentials.ts';
import { type Digest, isDigest } from '../core/digest.ts';
import { isOciDigest, type OciDigest } from '../core/oci.ts';
import { isPlatform, type Platform } from '../core/platform.ts';
import { type RelativePath, whyUnsafePath } from '../core/relative-path.ts';

/** Fields that several files share, each with the complaint that its reader gets. All start as text (failsafe YAML). */

export const commit = z.string().regex(/^[0-9a-f]{40}$/, 'expected a commit: 40 hexadecimal characters');

export const instant = z.iso.datetime({
  offset: true,
  error: 'expected a date and time with its zone (RFC 3339)',
});

export const count = z
  .string()
  .regex(/^[0-9]{1,9}$/, 'expected a whole number')
  .transform(Number);

export const digest = z
  .string()
  .refine(isDigest, 'expected a SHA-256: 64 hexadecimal characters') as unknown as z.ZodType<Digest, string>;

export const ociDigest = z
  .string()
  .refine(isOciDigest, 'expected a digest: "sha256:" and 64 hexadecimal characters') as unknown as z.ZodType<
  OciDigest,
  string
>;

export const platform = z
  .string()
  .refine(isPlatform, 'expected a platform, such as linux/amd64') as unknown as z.ZodType<Platform, string>;

/** `<org>/<repo>`, which is a folder of recipes too. A plain text, so that any text can be looked up among such names. */
export const projectName = z.string().superRefine((text, context) => {
  const why = whyUnsafePath(text);
  if (why !== undefined) context.addIssue({ code: 'custom', message: `the path ${why}` });
});

/** A path below some folder; `.` is not one. */
export const path = projectName as unknown as z.ZodType<RelativePath, string>;

/** A Go version without `go` in front: `1.21.10`, `1.13`. */
export const goVersion = z
  .string()
  .regex(/^1\.[0-9]+(\.[0-9]+)?((rc|beta)[0-9]+)?$/, 'expected a Go version, such as 1.21.10');

export const releaseBranch = z.string().regex(/^1-[0-9]+$/, 'expected a release branch, such as 1-30');

/** Where a repository is, as a file that is committed may say it. */
export const repositoryUrl = z
  .string()
  .min(1)
  .refine((text) => withoutUrlCredentials(text) === text, {
    error:
      'holds a user name or a password, which the settings may ("sources", "upstream", "mirrors"), and nothing that is committed',
  });

/** A day, `2021-12-22`: its start in UTC. */
export const day = z.iso.date('expected a day, such as 2021-12-22');
