import { z } from 'zod';
import { place } from '../place.ts';
import { endpoint, region } from './ecr.ts';

/** A store that several machines share. */
export const storeSettings = z.strictObject({
  /** `s3://bucket/prefix`, or a folder that all of them mount. */
  remote: place('path-or-url')
    .refine(
      (text) => !/^[a-z][a-z0-9+.-]*:\/\//i.test(text) || text.startsWith('s3://'),
      'expected s3://bucket/prefix, or a folder',
    )
    .optional(),
  /** Whether results are brought there, or only taken from there. Default: they are brought. */
  write: z
    .enum(['true', 'false'])
    .transform((word) => word === 'true')
    .optional(),
  /** The bucket's. */
  region: region.optional(),
  /** The account that the bucket has to belong to. */
  expectedOwner: z
    .string()
    .regex(/^[0-9]{12}$/, 'expected an AWS account: twelve digits')
    .optional(),
  /** Another address of S3, of a VPC endpoint or of another maker's S3. The bucket's name comes into the path. */
  s3: z.strictObject({ endpoint: endpoint.optional() }).optional(),
  /** What signs the results that are brought: a file with a private key, or `awskms:///ARN`. */
  sign: place('path-or-url').optional(),
  /** A file whose first line is the password of that key. */
  signPasswordFile: place('path').optional(),
  /** Files with public keys in PEM: results count that one of them signed, or the key that signs here, and no others. */
  trust: z.array(place('path')).min(1).optional(),
});
export type StoreSettings = z.infer<typeof storeSettings>;
