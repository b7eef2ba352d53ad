import { z } from 'zod';
import { parseImageReference } from '../../core/image-reference.ts';
import { numberFrom, platform } from '../fields.ts';
import { place } from '../place.ts';

/** In PEM. */
const pem = place('path');
const buildKitCache = place('buildkit-cache');

/** A daemon that builds images: where it is, and what it takes to be let in. */
const builder = z.strictObject({
  /** `unix:///run/buildkit/buildkitd.sock`, `tcp://builder.example.com:1234`. */
  address: z
    .string()
    .regex(/^(unix|tcp):\/\/[^\s\p{Cc}]+$/u, 'expected an address that begins with unix:// or tcp://')
    .optional(),
  /** Instead of an address: the name of a builder of docker buildx. */
  buildx: z.string().min(1).optional(),
  /** For tcp: files in PEM. */
  tls: z
    .strictObject({
      ca: pem.optional(),
      cert: pem.optional(),
      key: pem.optional(),
      serverName: z.string().min(1).optional(),
    })
    .optional(),
  /** Images at once. */
  slots: numberFrom(1, 999, 'images at once').optional(),
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
  /** What they stand on: the published base images, or ones of our own on Amazon Linux 2 or 2023. */
  base: z.enum(['published', 'al2', 'al2023']).optional(),
  /** Base images of the user's, by the name of the one that each stands for; with a digest. */
  bases: z.record(z.string().min(1), pinnedReference).optional(),
  /** Where the published images are. Default: public.ecr.aws/eks-distro-build-tooling */
  published: z
    .string()
    .refine((text) => !('why' in parseImageReference(`${text}/x`)), 'expected HOST/PATH, without https://')
    .optional(),
  /** What compiles programs in C, by the platform that they are for; an image with a digest, or more about it. */
  compilers: z
    .record(platform, z.union([pinnedReference.transform((image) => compiler.parse({ image })), compiler]))
    .optional(),
  /** Caches of BuildKit, as its own program takes them: `type=registry,ref=...`. */
  cacheFrom: z.array(buildKitCache).optional(),
  cacheTo: z.array(buildKitCache).optional(),
});
export type ImageSettings = z.infer<typeof imageSettings>;

/** What it takes to talk to a registry, by its host. */
export const registriesSettings = z.record(
  z.string().regex(/^[A-Za-z0-9[\]._:-]+$/, 'expected a host, such as registry.example.com:5000'),
  z.strictObject({
    /** Files in PEM: whose certificates are trusted, and what this client shows. */
    ca: pem.optional(),
    cert: pem.optional(),
    key: pem.optional(),
    /** Plain http: where the host is this machine, or wherever it is, for whoever writes so. */
    insecure: z.enum(['loopback', 'anywhere']).optional(),
  }),
);
