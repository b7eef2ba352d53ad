import { z } from 'zod';
import { whyUnsafePath } from '../core/relative-path.ts';
import { day, path, platform } from './fields.ts';
import { template } from './template.ts';

/** Where a build, or a part of it, applies. Every member that is given must hold. */
const condition = z.strictObject({
  /** A semver range that the source tag's version must be in; prereleases count (`>=3.5.0-0`). */
  version: z.string().optional(),
  /** Applies to commits of EKS-D from this date on: the committer's, of the commit that the pins were read from. */
  from: day.optional(),
  /** Applies to commits of EKS-D before this date. */
  before: day.optional(),
});
export type Condition = z.infer<typeof condition>;

/** A package as the go command takes it: `.`, `./cmd/etcd`, `go.etcd.io/etcd`. */
const goPackage = z.string().superRefine((text, context) => {
  const why = text.startsWith('-') ? 'is a flag' : whyUnsafePath(text.replace(/^\.\//, ''));
  if (text !== '.' && why !== undefined) context.addIssue({ code: 'custom', message: `the package ${why}` });
});

const program = z.strictObject({
  /** The file's name, without `.exe`. Needed where `package` is `.`; otherwise the folder's name stands. */
  name: path.optional(),
  /** From the module's folder; `*` matches within one folder name. */
  package: goPackage,
  /** Folder names that a pattern leaves out. */
  except: z.array(z.string().min(1)).optional(),
});

const build = z.strictObject({
  when: condition.optional(),
  /** The folder of go.mod. */
  module: z.union([path, z.literal('.')]).default('.'),
  programs: z.array(program).min(1),
  /** `-X name=value`, after the other words of `-ldflags`. */
  stamps: z.record(z.string().min(1), template).default({}),
  /** The words of `-ldflags` before the stamps; those that all builds have had since December 2021 where it is absent. */
  ldflags: z.array(z.string().min(1)).optional(),
  /** Flags of `go build` besides `-trimpath` and, where none of them is `-mod`, `-mod=mod` (from Go 1.23 on `-mod=vendor`). */
  flags: z.array(z.string().min(1)).default([]),
  /** Only these platforms; all that have expectations where it is absent. */
  platforms: z.array(platform).min(1).optional(),
});

/** `projects/<org>/<repo>/project.yaml`: how to build any version of a component. No pins of a release are in it. */
export const projectSchema = z.strictObject({
  schema: z.literal('1', { error: 'this version reads project schema 1' }),
  /** What it is, in a line. */
  description: z.string().min(1),
  builds: z.array(build).min(1),
});
export type Project = z.infer<typeof projectSchema>;
export type ProjectBuild = Project['builds'][number];
