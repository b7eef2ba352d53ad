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
  database: fileOrUrl.optional().meta({
    description: 'The Go vulnerability database: a folder, a zip, or a URL. Default: https://vuln.go.dev',
    examples: ['./vulndb.zip'],
  }),
  upstream: z
    .record(z.string().min(1), upstreamImage)
    .optional()
    .meta({
      description: 'The public image that one of ours is held against, by the name of ours.',
      examples: [{ 'etcd-io/etcd': 'gcr.io/etcd-development/etcd:{tag}' }],
    }),
  published: z
    .string()
    .refine((text) => !('why' in parseImageReference(`${text}/x`)), 'expected HOST/PATH, without https://')
    .optional()
    .meta({
      description: "Where EKS Distro's own images are. Default: public.ecr.aws/eks-distro",
      examples: ['public.ecr.aws/eks-distro'],
    }),
  publisher: z
    .strictObject({
      name: z.string().min(1).max(200),
      namespace: z.url().meta({ description: 'A URI that stands for who publishes.' }),
    })
    .optional()
    .meta({
      description: 'Who answers for VEX documents.',
      examples: [{ name: 'Acme', namespace: 'https://acme.example.com' }],
    }),
});
