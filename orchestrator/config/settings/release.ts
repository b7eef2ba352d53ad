import { z } from 'zod';
import { readPlace } from '../../core/registry-place.ts';
import { channelName, numberFrom, snsTopicArn } from '../fields.ts';
import { whyStrangeUri } from '../site-uri.ts';

/** What an address of a site has to be: what follows it begins with a slash. */
const baseUri = z
  .string()
  .regex(
    /^https?:\/\/[^/?#@\s\p{Cc}]+(\/[^/?#%\s\p{Cc}]+)*\/?$/u,
    'expected the address of a site, such as https://releases.example.com/eks-d',
  )
  .superRefine((uri, context) => {
    const why = whyStrangeUri(uri.replace(/\/$/, ''));
    if (why !== undefined) context.addIssue({ code: 'custom', message: `the address ${why}` });
  });

/** A channel of one's own, with `{branch}` for that of the release. */
const ownChannel = z.string().refine((name) => isOwnChannel(name.replaceAll('{branch}', '1-30')), {
  error:
    'expected a name such as {branch}-acme: lower-case letters, digits and -, and no other than upstream has',
});

/** Releases of one's own: what they are called, and where they are. */
export const releaseSettings = z.strictObject({
  channel: ownChannel.optional().meta({
    description:
      "A channel of one's own, with `{branch}` for that of the release; upstream's channels are branches of Kubernetes alone.",
    examples: ['{branch}-acme'],
  }),
  firstNumber: numberFrom(1, 999_999_999, 'the number of a release')
    .optional()
    .meta({ description: "Where the numbers of a channel begin: upstream's begin with 1.", examples: ['1'] }),
  baseUri: baseUri.optional().meta({
    description: 'Where the site is served from.',
    examples: ['https://releases.example.com/eks-d'],
  }),
  registry: z
    .string()
    .refine((place) => readPlace(place).ok, 'expected a registry: HOST[:PORT]/PREFIX')
    .optional()
    .meta({
      description: 'Where its images are: HOST[:PORT]/PREFIX.',
      examples: ['mirror.example.com/eks-d'],
    }),
  snsTopicArn: snsTopicArn.optional().meta({
    description: 'Where new releases are told.',
    examples: ['arn:aws:sns:us-west-2:111122223333:releases'],
  }),
});
export type ReleaseSettings = z.infer<typeof releaseSettings>;

/** Whether a channel's name is one that upstream will never have: theirs are branches of Kubernetes. */
function isOwnChannel(name: string): boolean {
  return channelName.safeParse(name).success && !isUpstreamChannel(name);
}

export function isUpstreamChannel(name: string): boolean {
  return /^[0-9]+-[0-9]+$/.test(name);
}

/** Why a text is no address that a site may have, as `baseUri` complains; undefined where it is one. */
export function whyNoBaseUri(text: string): string | undefined {
  return baseUri.safeParse(text).error?.issues[0]?.message;
}
