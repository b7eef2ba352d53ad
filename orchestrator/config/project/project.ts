import { z } from 'zod';
import { whyUnsafePath } from '../../core/relative-path.ts';
import { numberFrom, path, platform, programName } from '../fields.ts';
import { archive, component } from './archive.ts';
import { buildLayout } from './build-layout.ts';
import { buildScripts, generatedFiles } from './build-scripts.ts';
import { cBuild } from './c-build.ts';
import { condition } from './condition.ts';
import { goBuildFlags, goLinkerFlags, stamps } from './flags.ts';
import { image } from './image.ts';

/** A package as the go command takes it: `.`, `./cmd/etcd`, `go.etcd.io/etcd`. */
const goPackage = z.string().superRefine((text, context) => {
  const why = text.startsWith('-')
    ? 'is a flag'
    : (whyUnsafePath(text.replace(/^\.\//, '')) ?? whyNoPackage(text));
  if (text !== '.' && why !== undefined) context.addIssue({ code: 'custom', message: `the package ${why}` });
});

/** `@` asks for a version from elsewhere, `...` for many packages at once. */
function whyNoPackage(text: string): string | undefined {
  const isPlain = /^[A-Za-z0-9_./*~+-]+$/.test(text) && !text.includes('...');
  return isPlain ? undefined : 'holds characters that no import path has here';
}

const program = z.strictObject({
  /** The file's name, without `.exe`. Needed where `package` is `.`; otherwise the folder's name stands. */
  name: programName.optional(),
  /** From the module's folder; `*` matches within one folder name. */
  package: goPackage,
  /** Folder names that a pattern leaves out. */
  except: z.array(programName).optional(),
  /** Only for these platforms. */
  platforms: z.array(platform).min(1).optional(),
});

const build = z.strictObject({
  when: condition.optional(),
  /** The folder of go.mod. */
  module: z.union([path, z.literal('.')]).default('.'),
  programs: z.array(program).min(1),
  /** `-X name=value`, after the other words of `-ldflags`. */
  stamps: stamps.default({}),
  /** The words of `-ldflags` before the stamps; those that all builds have had since December 2021 where it is absent. */
  ldflags: goLinkerFlags.optional(),
  /** Flags of `go build` besides `-trimpath` and, where none of them is `-mod`, `-mod=mod` (from Go 1.23 on `-mod=vendor`). */
  flags: goBuildFlags.default([]),
  /** Only these platforms; all that have expectations where it is absent. */
  platforms: z.array(platform).min(1).optional(),
  /** Where the go command is run, if not in the module's folder with modules that were fetched for it. */
  layout: buildLayout.optional(),
  /** What linking takes, in MiB, where it is more than of most programs. */
  memory: numberFrom(1, 2 ** 20, 'MiB').optional(),
  /** What the checkout lacks, for a go command of ours: the project's scripts see to it themselves. It has a `layout` then. */
  generated: generatedFiles.optional(),
  /** Where the project has scripts that build it: how they make the same programs. It has a `layout` then. */
  scripts: buildScripts.optional(),
});

/** `projects/<org>/<repo>/project.yaml`: how to build any version of a component. No pins of a release are in it. */
export const projectSchema = z.strictObject({
  schema: z.literal('1', { error: 'this version reads project schema 1' }),
  /** What it is, in a line. */
  description: z.string().min(1),
  /** About how long its builds take for one platform, from nothing and on one processor, where that is much longer than others take. */
  seconds: numberFrom(1, 86_400, 'seconds').optional(),
  builds: z.array(build).min(1),
  /** Programs in C that images hold. Nothing published speaks of them. */
  cBuilds: z.array(cBuild).default([]),
  /** The container images that its programs are published in. */
  images: z.array(image).default([]),
  /** What the manifest of a release calls it; absent: nothing of it is in one. */
  component: component.optional(),
  /** Its files on the site of a release. */
  archives: z.array(archive).default([]),
});
export type Project = z.infer<typeof projectSchema>;
export type ProjectBuild = Project['builds'][number];
