import { z } from 'zod';
import { place } from '../place.ts';
import { endpoint, region } from './ecr.ts';

/** A store that several machines share. */
export const storeSettings = z.strictObject({
  remote: place('path-or-url')
    .refine(
      (text) => !/^[a-z][a-z0-9+.-]*:\/\//i.test(text) || text.startsWith('s3://'),
      'expected s3://bucket/prefix, or a folder',
    )
    .optional()
    .meta({
      description: '`s3://bucket/prefix`, or a folder that all of them mount.',
      examples: ['s3://bucket/prefix'],
    }),
  write: z
    .enum(['true', 'false'])
    .transform((word) => word === 'true')
    .optional()
    .meta({
      description: 'Whether results are brought there, or only taken from there. Default: they are brought.',
      examples: ['true'],
    }),
  region: region.optional().meta({ description: "The bucket's.", examples: ['us-west-2'] }),
  expectedOwner: z
    .string()
    .regex(/^[0-9]{12}$/, 'expected an AWS account: twelve digits')
    .optional()
    .meta({ description: 'The account that the bucket has to belong to.', examples: ['111122223333'] }),
  s3: z
    .strictObject({ endpoint: endpoint.optional() })
    .optional()
    .meta({
      description:
        "Another address of S3, of a VPC endpoint or of another maker's S3. The bucket's name comes into the path.",
      examples: [{ endpoint: 'https://s3.example.com' }],
    }),
  sign: place('path-or-url')
    .optional()
    .meta({
      description: 'What signs the results that are brought: a file with a private key, or `awskms:///ARN`.',
      examples: ['../keys/store.key'],
    }),
  signPasswordFile: place('path')
    .optional()
    .meta({
      description: 'A file whose first line is the password of that key.',
      examples: ['../keys/password'],
    }),
  trust: z
    .array(place('path'))
    .min(1)
    .optional()
    .meta({
      description:
        'Files with public keys in PEM: results count that one of them signed, or the key that signs here, and no others.',
      examples: [['../keys/store.pub', '../keys/other.pub']],
    }),
});
export type StoreSettings = z.infer<typeof storeSettings>;
