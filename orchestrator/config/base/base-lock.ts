import { z } from 'zod';
import { commit, count, digest } from '../fields.ts';
import { imageName, packageName } from './base-image.ts';
import { architecture, distributionName, keyId } from './distribution.ts';

const version = z.string().regex(/^[A-Za-z0-9._+~^]+$/, 'expected a version without hyphens');

const lockedPackage = z.strictObject({
  name: packageName,
  epoch: count,
  version,
  release: version,
  /** `noarch`, or the processor. */
  arch: z.string().regex(/^[a-z0-9_]{1,32}$/, 'expected noarch, or a processor'),
  /** Of the `.rpm`. */
  sha256: digest,
  /** Of the `.rpm`, in bytes. */
  size: count,
  /** Where its distribution has it; `mirrors` of the settings say where it is read instead. Ends in the file's name. */
  url: z.string().regex(/^https?:\/\/[^\s/]+\/\S*[^\s/]$/, 'expected an http or https URL of a file'),
});
export type LockedPackage = z.infer<typeof lockedPackage>;

const lockedRepository = z.strictObject({
  name: packageName,
  arch: architecture,
  /** The folder of `repodata/` as it was found, with a slash at its end. */
  base: z.string().min(1),
  /** SHA-256 of its `repomd.xml`. */
  repomd: digest,
});

const lockedKey = z.strictObject({
  /** As in rpm's database, after `gpg-pubkey-`. */
  id: keyId,
  /** Of the armored key. */
  sha256: digest,
});

/** `base-images/<name>/<distribution>.lock.yaml`: every package of the image, those of the images it stands on included. */
export const baseLockSchema = z.strictObject({
  schema: z.literal('1', { error: 'this version reads base lock schema 1' }),
  /** Seals the rest: an edit by hand shows. */
  digest,
  image: imageName,
  distribution: distributionName,
  /** The snapshot that was read, where the distribution has them. */
  releasever: z.string().min(1).optional(),
  /** The published tag whose versions these are, and the commit of the builder images' repository that lists them. */
  asOf: z.strictObject({ tag: z.string().min(1), commit }).optional(),
  repositories: z.array(lockedRepository),
  /** What signs the packages. */
  keys: z.array(lockedKey),
  /** By processor; by name in code-unit order, then by processor. */
  packages: z.partialRecord(architecture, z.array(lockedPackage)),
});
export type BaseLock = z.infer<typeof baseLockSchema>;
