import { z } from 'zod';
import { readArn, whyAtOdds, whyNoKmsArn } from '../core/aws/arn.ts';
import { withoutUrlCredentials } from '../core/credentials.ts';
import { type Digest, isDigest } from '../core/digest.ts';
import {
  type AssetName,
  expectedFile,
  expectedProject,
  expectedRelease,
  fileShape,
  isAssetName,
  isProgramName,
  isProjectName,
  isReleaseName,
  isTagName,
  type ProgramName,
  projectShape,
  type ReleaseName,
  releaseShape,
  tagShape,
} from '../core/names.ts';
import { isOciDigest, type OciDigest } from '../core/oci.ts';
import { isPlatform, type Platform } from '../core/platform.ts';
import { type RelativePath, whyStrangePath } from '../core/relative-path.ts';

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

/** A number that a person chooses. @param of what it counts, for the complaint: `MiB`. */
export function numberFrom(least: number, most: number, of: string) {
  const message = `expected a whole number from ${least} to ${most}: ${of}`;
  return z
    .string()
    .regex(/^(0|[1-9][0-9]{0,8})$/, message)
    .transform(Number)
    .refine((value) => value >= least && value <= most, message);
}

/** A text with a brand, whose check is the only way to it. @param shape for editors: as much of it as a pattern can say. */
function branded<T extends string>(
  is: (text: string) => text is T,
  error: string,
  shape?: RegExp,
): z.ZodType<T, string> {
  return textThat(is, error, shape) as unknown as z.ZodType<T, string>;
}

function textThat(holds: (text: string) => boolean, error: string, shape?: RegExp): z.ZodString {
  const text = shape === undefined ? z.string() : z.string().regex(shape, { error, abort: true });
  return text.refine((given) => holds(given), error);
}

export const digest: z.ZodType<Digest, string> = branded(
  isDigest,
  'expected a SHA-256: 64 hexadecimal characters',
  /^[0-9a-f]{64}$/,
);

export const ociDigest: z.ZodType<OciDigest, string> = branded(
  isOciDigest,
  'expected a digest: "sha256:" and 64 hexadecimal characters',
);

export const platform: z.ZodType<Platform, string> = branded(
  isPlatform,
  'expected a platform, such as linux/amd64',
);

export const releaseName: z.ZodType<ReleaseName, string> = branded(
  isReleaseName,
  expectedRelease,
  releaseShape,
);

/** `<org>/<repo>` as the name in a record: a plain text, so that any text can be looked up; `projectsIn` gives them with their brand. */
export const projectName = textThat(isProjectName, expectedProject, projectShape);

export const programName: z.ZodType<ProgramName, string> = branded(isProgramName, expectedFile, fileShape);

export const assetName: z.ZodType<AssetName, string> = branded(isAssetName, expectedFile, fileShape);

export const tagName = textThat(isTagName, "expected a git tag's name, such as v1.2.3", tagShape);

/** A path below some folder, which somebody wrote down; `.` is not one. */
export const path = z.string().superRefine((text, context) => {
  const why = whyStrangePath(text);
  if (why !== undefined) context.addIssue({ code: 'custom', message: `the path ${why}` });
}) as unknown as z.ZodType<RelativePath, string>;

/** A Go version without `go` in front: `1.21.10`, `1.13`. */
export const goVersion = z
  .string()
  .regex(/^1\.[0-9]+(\.[0-9]+)?((rc|beta)[0-9]+)?$/, 'expected a Go version, such as 1.21.10');

/**
 * A release channel: a branch, `1-30`, or a name of one's own. It becomes part of resources' names (DNS-1123), of paths and of images'
 * tags.
 */
export const channelName = z
  .string()
  .regex(
    /^[a-z0-9](?:[a-z0-9-]{0,38}[a-z0-9])?$/,
    'expected a channel, such as 1-30 or 1-30-acme: lower-case letters, digits and -',
  );

/** What a channel's news are told to. */
export const snsTopicArn = z
  .string()
  .regex(
    /^arn:aws(?:-[a-z]+)*:sns:[a-z]{2,}(?:-[a-z]+)+-[0-9]+:[0-9]{12}:[A-Za-z0-9_-]{1,251}(?:\.fifo)?$/,
    'expected the ARN of an SNS topic, such as arn:aws:sns:us-west-2:123456789012:releases',
  )
  .superRefine((text, context) => {
    const arn = readArn(text);
    const why = arn && whyAtOdds(arn);
    if (why !== undefined) context.addIssue({ code: 'custom', message: `the ARN ${why}` });
  });

/** A key of KMS: its ARN, id or alias. */
export const kmsKey = z
  .string()
  .min(1)
  .max(2048)
  .superRefine((text, context) => {
    const why = text.startsWith('arn:') ? whyNoKmsArn(text) : undefined;
    if (why !== undefined) context.addIssue({ code: 'custom', message: `the key ${why}` });
  });

export const releaseBranch = z.string().regex(/^1-[0-9]+$/, 'expected a release branch, such as 1-30');

/**
 * Where a repository is, as a file that is committed may say it: a URL, `host:path`, or a folder. A protocol that has git run a program
 * of the text's choice (`ext::sh -c ...`) is none, and neither is an option.
 */
export const repositoryUrl = textThat(
  (text) =>
    /^((https?|ssh|git|file|git\+ssh):\/\/|\/|[A-Za-z0-9_][A-Za-z0-9_.@-]*:(?!:))[^\s\p{Cc}]*$/u.test(text),
  'expected a repository: its URL, or a folder',
).refine((text) => withoutUrlCredentials(text) === text, {
  error:
    'holds a user name or a password, which the settings may ("sources", "upstream", "mirrors"), and nothing that is committed',
});

/** A day, `2021-12-22`: its start in UTC. */
export const day = z.iso.date('expected a day, such as 2021-12-22');
