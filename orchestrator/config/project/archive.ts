import { z } from 'zod';
import { isRepository } from '../../core/image-reference.ts';
import { isTagName } from '../../core/names.ts';
import { whyStrangePath } from '../../core/relative-path.ts';
import { path, platform, programName, projectName } from '../fields.ts';
import { condition } from './condition.ts';
import { type FileVariable, fileVariable } from './file-variables.ts';
import { template } from './template.ts';

/** A text that may hold some of the variables. */
function textWith(...names: readonly FileVariable[]): z.ZodString {
  return z
    .string()
    .min(1)
    .max(256)
    .superRefine((text, context) => {
      const isKnown = (name: string) => (names as readonly string[]).includes(name);
      const left = text.replace(fileVariable, (whole, name: string) => (isKnown(name) ? 'x' : whole));
      const known = names.map((name) => `{${name}}`).join(', ');
      const message = /\p{Cc}/u.test(left)
        ? 'holds a control character'
        : `unknown placeholder; there are ${known}`;
      if (/[{}\p{Cc}]/u.test(left)) context.addIssue({ code: 'custom', message });
    });
}

/** The path of a file that becomes part of a URL: plain characters alone. */
const filePath = textWith('tag', 'os', 'arch', 'file').superRefine((text, context) => {
  const filled = text.replace(fileVariable, 'x');
  const plain = /^[A-Za-z0-9._+/-]*$/.test(filled)
    ? undefined
    : 'holds characters that no URL has as they are';
  const why = whyStrangePath(filled) ?? plain;
  if (why !== undefined && !/[{}]/.test(filled)) {
    context.addIssue({ code: 'custom', message: `the path ${why}` });
  }
});

const componentName = z
  .string()
  .regex(/^[a-z0-9]+(-[a-z0-9]+)*$/, 'expected the name of a component, such as etcd');

/** What a manifest calls a component: of several, the first that applies; where none does, it is in none. */
export const component = z.union([
  componentName,
  z.array(z.strictObject({ when: condition.optional(), name: componentName })).min(1),
]);
export type ComponentName = z.infer<typeof component>;

const repository = z
  .string()
  .refine(isRepository, 'expected a repository, such as etcd-io/etcd: lower case, no tag');

/** Where a file is on the site: `artifacts/<folder>/<tag>/<file>`. */
const place = {
  when: condition.optional(),
  folder: programName,
  /** The project whose tag stands below the folder, where it is not this one. */
  tagOf: projectName.optional(),
  /** Below these; may hold `{tag}`, `{os}`, `{arch}` and `{file}`. */
  file: filePath,
  /** What a manifest says it is. Absent: the file is in none. */
  description: textWith('tag', 'os', 'arch', 'file').optional(),
  /** The component that it belongs to, where that is not the project's. */
  component: component.optional(),
};

const platforms = z.array(platform).min(1);

const programs = z.array(programName).min(1);

const below = {
  when: condition.optional(),
  /** Below the archive's root; at the root where it is absent. */
  at: path.optional(),
};

const member = z.union([
  /** Files of programs, without the `.exe` of windows; `all`: of every build, for what a pattern finds. */
  z.strictObject({ ...below, programs: z.union([z.literal('all'), programs]) }),
  /** Images that are files of this recipe: of each `<name>.tar` and `<name>.docker_tag`. */
  z.strictObject({ ...below, images: z.array(repository).min(1) }),
  /** LICENSES of all that the project's programs for the platform link, and ATTRIBUTION.txt of it. */
  z.strictObject({
    ...below,
    licenses: z.literal('yes'),
    /** In the place of ATTRIBUTION.txt: by the name of each such text, the programs that it is of. */
    attributions: z.record(programName, programs).optional(),
  }),
]);

const imageTag = textWith('tag', 'branch').refine(
  (text) => isTagName(text.replace(fileVariable, 'x')),
  "expected an image's tag, such as 3.9",
);

/** A file, or several alike, on the site of a release. */
export const archive = z.discriminatedUnion('kind', [
  /** A tar.gz for each platform. */
  z.strictObject({
    kind: z.literal('archive'),
    ...place,
    platforms,
    /** The folder that all members are below; `.` where it is absent. */
    root: programName.optional(),
    members: z.array(member).min(1),
  }),
  /** `git archive` of the patched checkout, as a tar.gz. */
  z.strictObject({
    kind: z.literal('source'),
    ...place,
    /** A tag that HEAD has for it, which files with `export-subst` then name. */
    headTag: template.optional(),
  }),
  /** Programs as they are, a file each. */
  z.strictObject({ kind: z.literal('program'), ...place, platforms, programs }),
  /** ATTRIBUTION.txt of what the programs for a platform link. */
  z.strictObject({ kind: z.literal('attribution'), ...place, platform }),
  /** Images of one platform: of each `<file>.tar`, `<file>.docker_tag` and `<file>.docker_image_name`. */
  z.strictObject({
    kind: z.literal('image'),
    ...place,
    platforms,
    images: z.array(repository).min(1),
    /** An OCI layout, or that and docker's own manifest beside it. */
    format: z.enum(['oci', 'docker']),
    /** Further tags by which the tar calls the image, and with `told` its `.docker_image_name` too: those stand first. */
    tags: z
      .array(
        z.strictObject({
          when: condition.optional(),
          tag: imageTag,
          told: z.enum(['yes', 'no']).default('no'),
        }),
      )
      .default([]),
  }),
]);
export type ProjectArchive = z.infer<typeof archive>;
export type ArchiveMember = Extract<ProjectArchive, { kind: 'archive' }>['members'][number];
