import { z } from 'zod';
import { commit, goVersion, path as relativePath } from '../fields.ts';
import { goLinkerFlags } from '../project/flags.ts';
import { distributionName } from './distribution.ts';

/** An absolute path of a file system: without `.`, `..`, empty segments. */
const rootPath = z
  .string()
  .regex(/^(\/(?!\.{1,2}(\/|$))[^/\0\\]+)+$/, 'expected an absolute path without "." and ".."');

export const imageName = z
  .string()
  .regex(/^[a-z0-9]+(-[a-z0-9]+)*$/, 'expected a name, such as eks-distro-minimal-base');

export const packageName = z
  .string()
  .regex(/^[A-Za-z0-9_][A-Za-z0-9._+-]{0,199}$/, 'expected the name of a package');

const mode = z
  .string()
  .regex(/^0?[0-7]{3,4}$/, 'expected a mode in octal digits, such as 1777')
  .transform((text) => Number.parseInt(text, 8));

const id = z
  .string()
  .regex(/^[0-9]{1,9}$/, 'expected a number')
  .transform(Number);

const owner = z.strictObject({ user: id, group: id });
const root = { user: 0, group: 0 } as const;

/** Made before packages are installed where it is one of the folders that merge `/bin` and `/lib` into `/usr`. */
const directory = z.strictObject({ path: rootPath, mode: mode.default(0o755), owner: owner.default(root) });

/** A symbolic link: what stands at its place is replaced. */
const link = z.strictObject({ path: rootPath, to: z.string().min(1) });

/** A file laid over what the packages brought. */
const file = z.strictObject({
  path: rootPath,
  content: z.string(),
  mode: mode.default(0o644),
  owner: owner.default(root),
});

/** A file that `trust extract` of p11-kit makes out of the certificates that ca-certificates brings. */
const trustStore = z.strictObject({
  path: rootPath,
  format: z.enum(['pem-bundle', 'openssl-bundle', 'java-cacerts', 'edk2-cacerts', 'pem-directory-hash']),
  filter: z.enum(['ca-anchors', 'certificates']).default('ca-anchors'),
  purpose: z.enum(['server-auth', 'email', 'code-signing']).optional(),
  /** The certificates' names as comments. */
  comments: z
    .enum(['true', 'false'])
    .transform((text) => text === 'true')
    .default(false),
});

const follower = z.strictObject({ name: packageName, link: rootPath, path: rootPath });
const choice = z.strictObject({
  path: rootPath,
  priority: id,
  /** The other links that go with it; the same names, in the same order, in every choice. */
  followers: z.array(follower).default([]),
});

/** What `update-alternatives` would have recorded: choices for one link and those that follow it. */
const alternative = z.strictObject({
  name: packageName,
  link: rootPath,
  /** The path of the choice that was set by hand; without it, the one with the highest priority is in force. */
  set: rootPath.optional(),
  /** In the order in which they were registered. */
  choices: z.array(choice).min(1),
});
export type Alternative = z.infer<typeof alternative>;

/** What is done to the file system after the packages were laid down, in this order of members. */
const rootfs = z.strictObject({
  /** Links that are there before any package is. */
  linksFirst: z.array(link).default([]),
  directories: z.array(directory).default([]),
  trust: z.array(trustStore).default([]),
  links: z.array(link).default([]),
  alternatives: z.array(alternative).default([]),
  /** `/etc/ld.so.cache`, as `ldconfig -r` writes it. */
  linkerCache: z
    .enum(['true', 'false'])
    .transform((text) => text === 'true')
    .default(false),
  files: z.array(file).default([]),
  /** Patterns: `*` within a segment, `**` over any number of them. A folder goes with what is in it. */
  remove: z.array(z.string().startsWith('/', 'expected an absolute path')).default([]),
  /** Patterns of what `remove` does not take, such as licences. */
  keep: z.array(z.string().startsWith('/', 'expected an absolute path')).default([]),
});
export type RootfsPart = z.infer<typeof rootfs>;

/** A Go program that no package brings: out of the repository of the builder images (`buildTooling` of the settings). */
const program = z.strictObject({
  path: rootPath,
  commit,
  /** The folder of its go.mod. */
  module: relativePath,
  /** As the go command takes it, from there. */
  package: z
    .string()
    .regex(/^\.(\/[A-Za-z0-9_][A-Za-z0-9._-]*)*$/, 'expected a package, such as . or ./cmd/tool'),
  go: goVersion,
  ldflags: goLinkerFlags.default([]),
});

const leftOut = z.strictObject({
  /** A package's name; or a requirement as the packages spell it, which no package meets. */
  name: z.string().min(1),
  because: z.string().min(1),
});

const distribution = z.strictObject({
  /** What the image adds to its parent, by name. */
  packages: z.array(packageName).default([]),
  /** `listed`: these packages and no others; `resolved`: what they require as well. */
  dependencies: z.enum(['listed', 'resolved']).default('listed'),
  /** Packages that others of the image require, and that it does without. Any other unmet requirement is complained of. */
  without: z.array(leftOut).default([]),
  /** Keys in rpm's database, by their ids there: `c87f5b1a-593863f8`. */
  keys: z.array(z.string().regex(/^[0-9a-f]{8}-[0-9a-f]{8}$/, 'expected a key as rpm lists it')).default([]),
  rootfs: rootfs.prefault({}),
});

/** `base-images/<name>/base-image.yaml`: what an image that others stand on consists of. No version is in it: those are in its locks. */
export const baseImageSchema = z.strictObject({
  schema: z.literal('1', { error: 'this version reads base image schema 1' }),
  /** What it is for, in a line. */
  description: z.string().min(1),
  /** The image that it stands on, by its folder's name; none for one that stands on nothing. */
  parent: imageName.optional(),
  /** As in the image's configuration: a number or a name. */
  user: z.string().min(1).optional(),
  env: z.record(z.string().regex(/^[A-Za-z_][A-Za-z0-9_]*$/, 'expected a variable'), z.string()).default({}),
  programs: z.array(program).default([]),
  /** On every distribution, before what the distribution says. */
  rootfs: rootfs.prefault({}),
  distributions: z.partialRecord(distributionName, distribution),
});
export type BaseImage = z.infer<typeof baseImageSchema>;
export type BaseImageDistribution = z.infer<typeof distribution>;
