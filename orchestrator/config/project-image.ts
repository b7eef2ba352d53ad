import { z } from 'zod';
import { isRepository } from '../core/image-reference.ts';
import { condition } from './condition.ts';
import { count, path } from './fields.ts';

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

/** A user that the image has beside those of its base; becomes a line of /etc/passwd and one of /etc/group. */
const user = z.strictObject({
  name: z.string().regex(/^[a-z_][a-z0-9_-]{0,31}$/, 'expected the name of a user'),
  uid: count,
  gid: count,
  home: absolutePath,
  shell: absolutePath.default('/sbin/nologin'),
});

/** An image of a project: what goes into the context of the Dockerfile beside the recipe, and what it stands on. */
export const image = z.strictObject({
  /** Its repository below the registry's prefix. */
  name: repository,
  when: condition.optional(),
  /** Beside the recipe. Its only bases may be `base`, `scratch` and its own stages. */
  dockerfile: path.default('Dockerfile' as never),
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
  /** File names of programs of this project's builds; each is put at the top of the context. */
  programs: z.array(path).min(1),
  /** Whether LICENSES.tar and ATTRIBUTION.txt of what is linked are in the context. */
  licenses: z.enum(['yes', 'no']).default('yes'),
  users: z.array(user).default([]),
  /** Symbolic links by absolute path, in `rootfs.tar` of the context. */
  links: z.record(absolutePath, absolutePath).default({}),
});
export type ProjectImage = z.infer<typeof image>;
