import { z } from 'zod';
import { kmsKey } from '../fields.ts';
import { place } from '../place.ts';

export const region = z
  .string()
  .regex(/^[a-z]{2,}(-[a-z]+)+-[0-9]+$/, 'expected an AWS region, such as us-west-2');

/** An address of the service: `{region}` is replaced. */
export const endpoint = z.string().regex(/^https?:\/\/[^/]/i, 'expected the URL of a service');

/** JSON, or the path of a file with it. */
const policy = place('path-or-json');

/** Where an image's tags are to stay as they are, and which are not (API_ImageTagMutabilityExclusionFilter). */
const tagPattern = z
  .string()
  .regex(
    /^[0-9A-Za-z._*-]{1,128}$/,
    'expected a pattern of tags, such as *-latest: letters, digits and . _ - *',
  );

/** What Amazon ECR is told. Only what is named is set, and compared with what is there. */
export const ecrSettings = z.strictObject({
  endpoints: z
    .strictObject({ ecr: endpoint.optional(), public: endpoint.optional(), sts: endpoint.optional() })
    .optional()
    .meta({
      description: 'Other addresses of the services, such as VPC endpoints: `{region}` is replaced.',
      examples: [{ ecr: 'https://ecr.{region}.example.com' }],
    }),
  tagMutability: z
    .strictObject({
      default: z.enum(['IMMUTABLE', 'MUTABLE']),
      except: z
        .array(tagPattern)
        .min(1)
        .max(5)
        .optional()
        .meta({ description: 'The tags that are the other way round.' }),
    })
    .optional()
    .meta({
      description: 'Whether tags stay as they are; `except` are those that are the other way round.',
      examples: [{ default: 'IMMUTABLE', except: ['*-latest'] }],
    }),
  scanOnPush: z
    .enum(['true', 'false'])
    .transform((word) => word === 'true')
    .optional()
    .meta({ description: 'Whether images are looked into when they come.', examples: ['true'] }),
  encryption: z
    .strictObject({
      type: z.enum(['AES256', 'KMS', 'KMS_DSSE']),
      kmsKey: z
        .union([kmsKey, z.record(region, kmsKey)])
        .optional()
        .meta({
          description:
            "A key's ARN, id or alias: one for all regions, or one for each. Without it: the account's own key for ECR.",
        }),
    })
    .refine(({ type, kmsKey }) => type !== 'AES256' || kmsKey === undefined, {
      error: 'AES256 takes no key: choose KMS or KMS_DSSE',
      path: ['kmsKey'],
    })
    .optional()
    .meta({
      description: "By which keys; cannot be changed later. Without a key: the account's own for ECR.",
      examples: [{ type: 'KMS', kmsKey: 'alias/images' }],
    }),
  lifecyclePolicy: policy.optional().meta({ description: 'A file, or JSON.', examples: ['lifecycle.json'] }),
  repositoryPolicy: policy
    .optional()
    .meta({ description: 'A file, or JSON.', examples: ['repository.json'] }),
  tags: z
    .record(z.string().min(1).max(128), z.string().max(256))
    .optional()
    .meta({
      description: 'AWS tags of the repositories. Others that a repository has stay.',
      examples: [{ team: 'platform' }],
    }),
  replicate: z
    .array(region)
    .optional()
    .meta({ description: 'Further regions that get the same digests.', examples: [['eu-central-1']] }),
});
export type EcrSettings = z.infer<typeof ecrSettings>;
