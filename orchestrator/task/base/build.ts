import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Failure } from '../../core/failure.ts';
import { err, ok, type Result } from '../../core/result.ts';
import { type ImageTree, readImageTree } from '../../oci/image/image-tree.ts';
import type { BaseRootNode } from '../../plan/node-image.ts';
import type { Fleet } from '../../tool/buildkit/fleet.ts';
import type { Layout } from '../image/lay-out.ts';
import type { TaskContext } from '../task.ts';

/** One of the builds that a base image takes. */
export interface BaseBuild {
  /** Its name within the task. */
  readonly step: 'install' | 'image';
  readonly dockerfile: string;
  /** What COPY and ADD read: an absolute path. */
  readonly context: string;
  /** Seconds since 1970. */
  readonly epoch: number;
  readonly layouts: Readonly<Record<string, Layout>>;
}

/** Runs a build of a base image, and gives what came of it: one image, in a folder of the scratch. Errors: those of the fleet. */
export async function runBaseBuild(
  { image: name, platform }: BaseRootNode,
  { step, dockerfile, context: folder, epoch, layouts }: BaseBuild,
  context: TaskContext,
  fleet: Fleet,
): Promise<Result<{ readonly tree: ImageTree; readonly notes: readonly string[] }, Failure>> {
  const place = (part: string): string => join(context.scratch, `${step}-${part}`);
  await mkdir(place('dockerfile'));
  await writeFile(join(place('dockerfile'), 'Dockerfile'), dockerfile);
  const notes = await fleet.build(
    {
      ...{ name: `${name}-${step}`, platform, epoch, layouts, buildArgs: {}, labels: {} },
      ...{ context: folder, dockerfile: place('dockerfile'), output: place('built'), work: place('work') },
    },
    context,
  );
  if (!notes.ok) return notes;
  const tree = await readImageTree(place('built'), `${step} of ${name}`);
  if (!tree.ok) return tree;
  const { images } = tree.value;
  if (images.length === 1 && images[0]?.platform === platform)
    return ok({ tree: tree.value, notes: notes.value });
  const detail = `BuildKit gave images for ${images.map((each) => each.platform).join(', ')}`;
  return err({ reason: 'missing-output', file: `image of ${name} for ${platform}`, detail });
}
