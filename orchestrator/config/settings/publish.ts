import { z } from 'zod';
import { kmsKey } from '../fields.ts';
import { endpoint, region } from './ecr.ts';

/** What S3 and SNS are told where a site is published. */
export const publishSettings = z.strictObject({
  /** The bucket's. */
  region: region.optional(),
  /** The account that the bucket has to belong to. */
  expectedOwner: z
    .string()
    .regex(/^[0-9]{12}$/, 'expected an AWS account: twelve digits')
    .optional(),
  /** Of the objects: by S3's own keys (AES256, the default), by a key of KMS, or as the bucket has it. */
  encryption: z
    .strictObject({
      type: z.enum(['AES256', 'KMS', 'BUCKET']),
      /** Without it: the account's own key for S3. */
      kmsKey: kmsKey.optional(),
    })
    .refine(({ type, kmsKey }) => type === 'KMS' || kmsKey === undefined, {
      error: 'only KMS takes a key',
      path: ['kmsKey'],
    })
    .optional(),
  /** Another address of S3, of a VPC endpoint or of another maker's S3. The bucket's name comes into the path. */
  s3: z.strictObject({ endpoint: endpoint.optional() }).optional(),
  sns: z
    .strictObject({
      endpoint: endpoint.optional(),
      /** Where the topic is, where that is another region than the bucket's. */
      region: region.optional(),
    })
    .optional(),
});
export type PublishSettings = z.infer<typeof publishSettings>;
