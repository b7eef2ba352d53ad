import { z } from 'zod';
import { isRepository } from '../../core/image-reference.ts';
import { numberFrom, path, programName } from '../fields.ts';
import { component } from './archive.ts';
import { condition } from './condition.ts';

const absolutePath = z
  .string()
  .regex(/^(\/[A-Za-z0-9][A-Za-z0-9._+-]*)+$/, 'expected an absolute path of plain names');

const repository = z
  .string()
  .refine(isRepository, 'expected a repository, such as etcd-io/etcd: lower case, no tag');

const baseName = z
  .string()
  .regex(
    /^eks-distro-[a-z]+(-[a-z]+)*$/,
    'expected a base image of EKS Distro, such as eks-distro-minimal-base',
  );

/** What fits a signed number of 32 bits: tools differ on more. */
const userId = numberFrom(0, 999_999_999, 'the number of a user or group');

/** A user that the image has beside those of its base; becomes a line of /etc/passwd and one of /etc/group. */
const user = z.strictObject({
  name: z.string().regex(/^[a-z_][a-z0-9_-]{0,31}$/, 'expected the name of a user'),
  uid: userId,
  gid: userId,
  home: absolutePath,
  shell: absolutePath.default('/sbin/nologin'),
});

/** BuildKit's own arguments change how it builds; the date is the source's. */
const argument = z
  .string()
  .regex(
    /^(?!SOURCE_DATE_EPOCH$|BUILDKIT_|BUILD|TARGET|[A-Z]*_PROXY$)[A-Z][A-Z0-9_]*$/,
    'expected the name of an argument of your own, such as PROGRAM',
  );

/** An image of a project: what goes into the context of the Dockerfile beside the recipe, and what it stands on. */
export const image = z.strictObject({
  /** Its repository below the registry's prefix. */
  name: repository,
  when: condition.optional(),
  /** Beside the recipe. Its only bases may be `base`, `scratch` and its own stages. */
  dockerfile: path.prefault('Dockerfile'),
  /**
   * The named context `base`: a base image of EKS Distro, by the family in use then (without `standard` the minimal one
   * stands for both), or another image of the release. Absent: from scratch.
   */
  base: z
    .union([
      z.strictObject({ minimal: baseName, standard: baseName.optional() }),
      z.strictObject({ image: repository }),
    ])
    .optional(),
  /** File names of programs of this project's builds and cBuilds; each is put at the top of the context. */
  programs: z.array(programName).min(1),
  /** Whether LICENSES.tar and ATTRIBUTION.txt of what is linked are in the context. */
  licenses: z.enum(['yes', 'no']).default('yes'),
  users: z.array(user).default([]),
  /** Symbolic links by absolute path, in `rootfs.tar` of the context. */
  links: z.record(absolutePath, absolutePath).default({}),
  /** Build arguments, for a Dockerfile that several images share. */
  args: z.record(argument, z.string()).default({}),
  /** The component of a manifest that it belongs to, where that is not the project's. */
  component: component.optional(),
});
export type ProjectImage = z.infer<typeof image>;
