import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { defined } from '../../core/defined.ts';
import type { Failure } from '../../core/failure.ts';
import { countOf } from '../../core/numbers.ts';
import { err, ok, type Result } from '../../core/result.ts';
import { imageOf } from '../../oci/image/image-file.ts';
import { blobFile, type ImageTree, imageFor, readImageTree } from '../../oci/image/image-tree.ts';
import { linkBlob, writeLayout } from '../../oci/image/write-layout.ts';
import type { ImageNode } from '../../plan/node-image.ts';
import type { ImageBuild } from '../../tool/buildkit/builder.ts';
import type { Fleet } from '../../tool/buildkit/fleet.ts';
import { readSourceFacts } from '../source/facts.ts';
import type { Outputs, TaskContext } from '../task.ts';
import { writeImageContext } from './context.ts';
import { checkDockerfile } from './dockerfile-check.ts';
import { layOut } from './lay-out.ts';

export interface ImageOptions {
  readonly fleet: Fleet;
}

/** An image of one platform, built by BuildKit out of other tasks' outputs. */
export async function buildImage(
  node: ImageNode,
  context: TaskContext,
  { fleet }: ImageOptions,
): Promise<Result<Outputs, Failure>> {
  const { image: name, platform } = node;
  const diagnostics = checkDockerfile(node.dockerfile, {
    file: `Dockerfile of ${name}`,
    platform,
    hasBase: node.base !== undefined,
  });
  if (diagnostics.length > 0) return err({ reason: 'configuration', diagnostics });
  const base =
    node.base === undefined
      ? ok(undefined)
      : await readImageTree(context.tree(node.base), node.base, { isPartial: true });
  if (!base.ok) return base;
  const place = (part: string): string => join(context.scratch, part);
  const layouts = base.value === undefined ? ok({}) : await layOutBase(node, base.value, place('base'));
  if (!layouts.ok) return layouts;
  const { headUnixTime: epoch } = await readSourceFacts(context.tree(node.source));
  context.progress(`laying out ${platform}`);
  const written = await writeImageContext(node, base.value, place('context'), epoch, context);
  if (!written.ok) return written;
  await mkdir(place('dockerfile'));
  await writeFile(join(place('dockerfile'), 'Dockerfile'), node.dockerfile);
  const notes = await fleet.build(
    {
      ...{ name, platform, epoch, buildArgs: node.buildArgs, labels: node.labels, layouts: layouts.value },
      ...{ dockerfile: place('dockerfile'), context: place('context'), output: place('built') },
      work: place('work'),
    },
    context,
  );
  if (!notes.ok) return notes;
  const taken = await takeBuilt(node, place('built'), context, fleet.secrets);
  return taken.ok ? ok({ notes: notes.value }) : taken;
}

/** The base's one manifest for the platform: of another platform's image BuildKit only changes the config's word for it. */
async function layOutBase(
  { platform }: ImageNode,
  tree: ImageTree,
  folder: string,
): Promise<Result<ImageBuild['layouts'], Failure>> {
  const image = imageOf(tree, platform);
  if (!image.ok) return image;
  const digest = imageFor(tree, platform)?.descriptor.digest;
  if (digest === undefined) throw new Error(`no manifest for ${platform}`);
  return ok({ base: await layOut(tree, digest, folder) });
}

/** Checks what BuildKit wrote, and makes an image tree of it: what the image names, and nothing of the day. */
async function takeBuilt(
  node: ImageNode,
  folder: string,
  context: TaskContext,
  secrets: readonly string[],
): Promise<Result<void, Failure>> {
  const tree = await readImageTree(folder, node.id);
  if (!tree.ok) return tree;
  const wrong = (detail: string): Result<void, Failure> =>
    err({ reason: 'missing-output', file: `image of ${node.image} for ${node.platform}`, detail });
  const [image, ...others] = tree.value.images;
  if (image === undefined || others.length > 0) {
    return wrong(`BuildKit gave ${countOf(tree.value.images.length, 'image')}`);
  }
  if (image.platform !== node.platform) return wrong(`its config says ${image.platform}`);
  const documents = [image.descriptor, image.manifest.config].map((each) => blobFile(tree.value, each));
  const text = (await Promise.all(documents.map((file) => readFile(file, 'utf8')))).join('\n');
  if ([context.scratch, context.output].some((path) => text.includes(path))) {
    return wrong('its config or history names a folder of this machine');
  }
  if (secrets.some((secret) => text.includes(secret))) return wrong('its config or history holds a secret');
  const { os, architecture, variant } = image.config;
  const platform = { os, architecture, ...defined({ variant }) };
  for (const each of [...tree.value.blobs, image.descriptor]) {
    await linkBlob(blobFile(tree.value, each), context.output, each);
  }
  await writeLayout(context.output, { ...image.descriptor, platform });
  return ok(undefined);
}
