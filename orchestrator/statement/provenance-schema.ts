import { z } from 'zod';
import {
  assetName,
  channelName,
  digest,
  path,
  platform,
  projectName,
  releaseName,
} from '../config/fields.ts';
import { lockPartSchema } from '../config/lock/lock-part.ts';
import { overrideSchema } from '../config/lock/override.ts';
import { parseImageReference } from '../core/image-reference.ts';
import { readPlace } from '../core/registry-place.ts';

/** An image by its name, with the digest that counts. */
const pinnedImage = z.string().refine((text) => {
  const parsed = parseImageReference(text);
  return !('why' in parsed) && parsed.digest !== undefined;
}, 'expected an image with its digest, such as registry.example.com/name@sha256:...');

const imageName = z
  .string()
  .regex(/^[a-z0-9]+(?:[._-]+[a-z0-9]+)*(?:\/[a-z0-9]+(?:[._-]+[a-z0-9]+)*)*$/, "expected an image's name")
  .max(255);

const common = {
  release: releaseName,
  /** The digest that the release's lock carries. */
  lock: digest,
  /** By go commands of this program's own, or by the project's scripts. */
  method: z.enum(['direct', 'scripts']),
  /** What of the lock it was built from: commits, patches, Go, base images, expected hashes. */
  pins: lockPartSchema,
  /** What was done otherwise than the lock says, and why, by project. */
  accepted: z
    .record(projectName, z.strictObject({ because: z.string().min(1), override: overrideSchema }))
    .optional(),
};

const base = z.union([
  z.literal('scratch'),
  z.strictObject({ name: imageName, from: z.enum(['published', 'settings']), reference: pinnedImage }),
  z.strictObject({ name: imageName, from: z.enum(['al2', 'al2023']) }),
]);
const called = { channel: channelName, number: z.int().min(0).max(999_999_999) };

/** The external parameters of `urn:eksd-rebuild:file:1`. */
export const fileParameters = z.strictObject({ ...common, project: projectName, platform, file: assetName });

/** What compiled programs in C, by the platform that they are for. */
const compilers = z.record(
  platform,
  z.strictObject({
    image: pinnedImage,
    gcc: z.string().regex(/^[A-Za-z0-9_][A-Za-z0-9_.+-]*$/, 'expected the name of a program'),
    on: platform,
  }),
);

/** The external parameters of `urn:eksd-rebuild:archive:1`. */
export const archiveParameters = z.strictObject({
  ...common,
  project: projectName,
  /** Below `artifacts/` of the release's site. */
  path,
  /** Those that it is made of. */
  platforms: z.array(platform).min(1),
  /** The release that the site is of: tars of images call these so. */
  site: z.strictObject({
    registry: z
      .string()
      .refine((text) => readPlace(text).ok, 'expected a registry, and what is before names there'),
    ...called,
  }),
  /** Those in it. */
  images: z
    .strictObject({
      names: z.array(imageName).min(1),
      bases: z.array(base),
      compilers: compilers.optional(),
    })
    .optional(),
});

/** The external parameters of `urn:eksd-rebuild:image:1`. */
export const imageParameters = z.strictObject({
  ...common,
  image: imageName,
  tag: z.string().min(1).max(128),
  /** The release by which it is tagged: upstream's, or one's own. */
  called: z.strictObject(called),
  platforms: z.array(platform).min(1),
  base,
  compilers: compilers.optional(),
});

const dependency = z.looseObject({
  uri: z.string().optional(),
  name: z.string().optional(),
  digest: z.record(z.string(), z.string()).optional(),
});

/** A provenance of ours: what SLSA may have besides is let be. */
export const provenanceOf = <T extends z.ZodType>(parameters: T) =>
  z.looseObject({
    buildDefinition: z.looseObject({
      buildType: z.string(),
      externalParameters: parameters,
      internalParameters: z.looseObject({ tasks: z.record(z.string(), z.unknown()) }),
      resolvedDependencies: z.array(dependency),
    }),
    runDetails: z.looseObject({
      builder: z.looseObject({
        id: z.literal('urn:eksd-rebuild', 'this program rebuilds what it made itself, elsewhere'),
        version: z.record(z.string(), z.string()).optional(),
      }),
    }),
  });

/** What says which of the two it is. */
export const anyProvenance = z.looseObject({
  buildDefinition: z.looseObject({ buildType: z.string('expected a URI') }),
});
