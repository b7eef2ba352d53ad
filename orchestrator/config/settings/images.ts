import { z } from 'zod';
import { parseImageReference } from '../../core/image-reference.ts';
import { numberFrom, platform } from '../fields.ts';
import { place } from '../place.ts';

/** In PEM. */
const pem = place('path');
const buildKitCache = place('buildkit-cache');

/** A daemon that builds images: where it is, and what it takes to be let in. */
const builder = z.strictObject({
  address: z
    .string()
    .regex(/^(unix|tcp):\/\/[^\s\p{Cc}]+$/u, 'expected an address that begins with unix:// or tcp://')
    .optional()
    .meta({ description: '`unix:///run/buildkit/buildkitd.sock`, `tcp://builder.example.com:1234`.' }),
  buildx: z
    .string()
    .min(1)
    .optional()
    .meta({ description: 'Instead of an address: the name of a builder of docker buildx.' }),
  tls: z
    .strictObject({
      ca: pem.optional(),
      cert: pem.optional(),
      key: pem.optional(),
      serverName: z.string().min(1).optional(),
    })
    .optional()
    .meta({ description: 'For tcp: files in PEM.' }),
  slots: numberFrom(1, 999, 'images at once').optional().meta({ description: 'Images at once.' }),
});
export type BuilderSettings = z.infer<typeof builder>;

const oneBuilder = z.union([
  z
    .string()
    .min(1)
    .transform((address) => ({ address })),
  builder,
]);

/** Builders by platform: one, or several that share the work. */
export const buildersSettings = z.record(
  platform,
  z.union([oneBuilder.transform((one) => [one]), z.array(oneBuilder).min(1)]),
);

const pinnedReference = z.string().superRefine((text, context) => {
  const parsed = parseImageReference(text);
  const why = 'why' in parsed ? parsed.why : parsed.digest === undefined ? 'has no digest' : undefined;
  if (why !== undefined) context.addIssue({ code: 'custom', message: `the image ${why}` });
});

/**
 * What compiles the programs in C for one platform: an image with gcc and the static C library of that platform. `gcc` is
 * the program's name in it, `on` the platform that it runs on: where it is another one, it compiles for a foreign one.
 */
const compiler = z.strictObject({
  image: pinnedReference,
  gcc: z
    .string()
    .regex(/^[A-Za-z0-9/][A-Za-z0-9/._+-]*$/, 'expected a program, such as aarch64-linux-gnu-gcc')
    .default('gcc'),
  on: platform.optional(),
});

/** How images are made. */
export const imageSettings = z.strictObject({
  base: z
    .enum(['published', 'al2', 'al2023'])
    .optional()
    .meta({
      description:
        'What they stand on: the published base images, or ones of our own on Amazon Linux 2 or 2023 (`base refresh` locks their packages).',
      examples: ['published'],
    }),
  bases: z
    .record(z.string().min(1), pinnedReference)
    .optional()
    .meta({
      description:
        'Base images instead of those that are published, by the name of the one that each stands for; with a digest.',
      examples: [
        {
          'eks-distro-minimal-base':
            'mirror.example.com/minimal@sha256:9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08',
        },
      ],
    }),
  published: z
    .string()
    .refine((text) => !('why' in parseImageReference(`${text}/x`)), 'expected HOST/PATH, without https://')
    .optional()
    .meta({
      description: 'Where the published images are. Default: public.ecr.aws/eks-distro-build-tooling',
      examples: ['public.ecr.aws/eks-distro-build-tooling'],
    }),
  compilers: z
    .record(platform, z.union([pinnedReference.transform((image) => compiler.parse({ image })), compiler]))
    .optional()
    .meta({
      description:
        'What compiles pause, by the platform that it is for: images with gcc and a static C library. `gcc` names the program in it, `on` the platform that it runs on.',
      examples: [
        {
          'linux/amd64':
            'mirror.example.com/gcc@sha256:9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08',
          'linux/arm64': {
            image:
              'mirror.example.com/cross@sha256:9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08',
            gcc: 'aarch64-linux-gnu-gcc',
            on: 'linux/amd64',
          },
        },
      ],
    }),
  cacheFrom: z
    .array(buildKitCache)
    .optional()
    .meta({
      description: "BuildKit's own caches that are read, as its own program takes them.",
      examples: [['type=registry,ref=mirror.example.com/cache:{name}']],
    }),
  cacheTo: z
    .array(buildKitCache)
    .optional()
    .meta({
      description: 'Those that are written.',
      examples: [['type=registry,ref=mirror.example.com/cache:{name}']],
    }),
});
export type ImageSettings = z.infer<typeof imageSettings>;

/** What it takes to talk to a registry, by its host. */
export const registriesSettings = z.record(
  z.string().regex(/^[A-Za-z0-9[\]._:-]+$/, 'expected a host, such as registry.example.com:5000'),
  z.strictObject({
    ca: pem
      .optional()
      .meta({ description: 'A file in PEM: whose certificates are trusted.', examples: ['ca.pem'] }),
    cert: pem.optional().meta({
      description: 'A file in PEM: the certificate that this client shows.',
      examples: ['cert.pem'],
    }),
    key: pem.optional().meta({ description: 'A file in PEM: the key of that.', examples: ['key.pem'] }),
    insecure: z
      .enum(['loopback', 'anywhere'])
      .optional()
      .meta({
        description: 'Plain http: where the host is this machine, or wherever it is, for whoever writes so.',
        examples: ['loopback'],
      }),
  }),
);
