import { z } from 'zod';
import { kmsKey } from '../fields.ts';
import { endpoint, region } from './ecr.ts';

/** What S3 and SNS are told where a site is published. */
export const publishSettings = z.strictObject({
  region: region.optional().meta({ description: "The bucket's.", examples: ['us-west-2'] }),
  expectedOwner: z
    .string()
    .regex(/^[0-9]{12}$/, 'expected an AWS account: twelve digits')
    .optional()
    .meta({ description: 'The account that the bucket has to belong to.', examples: ['111122223333'] }),
  encryption: z
    .strictObject({
      type: z.enum(['AES256', 'KMS', 'BUCKET']),
      kmsKey: kmsKey.optional().meta({ description: "Without it: the account's own key for S3." }),
    })
    .refine(({ type, kmsKey }) => type === 'KMS' || kmsKey === undefined, {
      error: 'only KMS takes a key',
      path: ['kmsKey'],
    })
    .optional()
    .meta({
      description:
        "Of the objects: by S3's own keys (AES256, the default), by a key of KMS, or BUCKET: as the bucket has it.",
      examples: [{ type: 'KMS', kmsKey: 'alias/releases' }],
    }),
  s3: z
    .strictObject({ endpoint: endpoint.optional() })
    .optional()
    .meta({
      description:
        "Another S3, of a VPC endpoint or of another maker: its address. The bucket's name comes into the path.",
      examples: [{ endpoint: 'https://s3.example.com' }],
    }),
  sns: z
    .strictObject({
      endpoint: endpoint.optional(),
      region: region
        .optional()
        .meta({ description: "Where the topic is, where that is another region than the bucket's." }),
    })
    .optional()
    .meta({
      description: "Another SNS: its address; and the topic's region, where that is not the bucket's.",
      examples: [{ endpoint: 'https://sns.example.com', region: 'eu-central-1' }],
    }),
});
export type PublishSettings = z.infer<typeof publishSettings>;
