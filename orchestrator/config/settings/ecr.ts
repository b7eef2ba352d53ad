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
  /** Other addresses of the services, such as VPC endpoints. */
  endpoints: z
    .strictObject({ ecr: endpoint.optional(), public: endpoint.optional(), sts: endpoint.optional() })
    .optional(),
  tagMutability: z
    .strictObject({
      default: z.enum(['IMMUTABLE', 'MUTABLE']),
      /** The tags that are the other way round. */
      except: z.array(tagPattern).min(1).max(5).optional(),
    })
    .optional(),
  scanOnPush: z
    .enum(['true', 'false'])
    .transform((word) => word === 'true')
    .optional(),
  /** Cannot be changed later. */
  encryption: z
    .strictObject({
      type: z.enum(['AES256', 'KMS', 'KMS_DSSE']),
      /** A key's ARN, id or alias: one for all regions, or one for each. Without it: the account's own key for ECR. */
      kmsKey: z.union([kmsKey, z.record(region, kmsKey)]).optional(),
    })
    .refine(({ type, kmsKey }) => type !== 'AES256' || kmsKey === undefined, {
      error: 'AES256 takes no key: choose KMS or KMS_DSSE',
      path: ['kmsKey'],
    })
    .optional(),
  lifecyclePolicy: policy.optional(),
  repositoryPolicy: policy.optional(),
  /** AWS tags of the repositories. Others that a repository has stay. */
  tags: z.record(z.string().min(1).max(128), z.string().max(256)).optional(),
  /** Further regions that get the same images. */
  replicate: z.array(region).optional(),
});
export type EcrSettings = z.infer<typeof ecrSettings>;
