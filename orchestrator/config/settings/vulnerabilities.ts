import { z } from 'zod';
import { parseImageReference } from '../../core/image-reference.ts';
import { fileOrUrl } from '../place.ts';

/** An image's name, with `{tag}` for the tag that the release has of its source. */
const upstreamImage = z
  .string()
  .refine(
    (text) => !('why' in parseImageReference(text.replaceAll('{tag}', 'v1.0.0'))),
    'expected HOST/NAME:TAG, such as registry.k8s.io/kube-proxy:{tag}',
  );

/** By what vulnerabilities are told. */
export const vulnerabilitiesSettings = z.strictObject({
  /** The Go vulnerability database: a folder, a zip, or a URL. Default: https://vuln.go.dev */
  database: fileOrUrl.optional(),
  /** Where the public upstream build of an image is, by the image's name. */
  upstream: z.record(z.string().min(1), upstreamImage).optional(),
  /** Where EKS Distro's own images are. Default: public.ecr.aws/eks-distro */
  published: z
    .string()
    .refine((text) => !('why' in parseImageReference(`${text}/x`)), 'expected HOST/PATH, without https://')
    .optional(),
  /** Who publishes the documents that are written. */
  publisher: z
    .strictObject({
      name: z.string().min(1).max(200),
      /** A URI that stands for who publishes. */
      namespace: z.url(),
    })
    .optional(),
});
