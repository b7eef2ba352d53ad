import { posix } from 'node:path';
import type { Failure } from '../../core/failure.ts';
import type { ImageConfig } from '../../core/oci.ts';
import type { Platform } from '../../core/platform.ts';
import { err, ok, type Result } from '../../core/result.ts';
import { blobFile, type ImageTree, imageFor } from './image-tree.ts';
import { type ImageView, placeIn, readImageView, type ViewOptions } from './image-view.ts';
import type { Image } from './open-image.ts';
import { readLayer } from './read-layer.ts';
import type { ViewEntry } from './view-entry.ts';

/** One platform of an image tree, to be looked into. Errors: `unknown-name` where the tree has none for the platform. */
export function imageOf(tree: ImageTree, platform: Platform): Result<Image, Failure> {
  const found = imageFor(tree, platform);
  if (found === undefined) {
    const nearest = tree.images.map((each) => each.platform);
    const help = `The image is for ${nearest.join(', ')}.`;
    return err({ reason: 'unknown-name', what: 'platform', name: platform, nearest, help });
  }
  const { manifest, config, descriptor } = found;
  return ok({
    platform,
    digest: descriptor.digest,
    configDigest: manifest.config.digest,
    config,
    layers: manifest.layers.map((each) => blobFile(tree, each)),
    manifest,
  });
}

/** How the image of a platform is run. Errors: `unknown-name`. */
export function configOf(tree: ImageTree, platform: Platform): Result<ImageConfig, Failure> {
  const image = imageOf(tree, platform);
  return image.ok ? ok(image.value.config) : image;
}

/**
 * The content of one file of an image, all layers taken together; undefined where it has no file there. Symbolic links
 * are looked up inside the image. @param path absolute, in the image. Errors: `unknown-name`; those of `readImageView`.
 */
export async function readFileOfImage(
  tree: ImageTree,
  platform: Platform,
  path: string,
  options: ViewOptions,
): Promise<Result<Buffer | undefined, Failure>> {
  const image = imageOf(tree, platform);
  if (!image.ok) return image;
  const view = await readImageView(image.value, options);
  if (!view.ok) return view;
  const found = resolveInView(view.value, path);
  const entry = found === undefined ? undefined : view.value.entries.get(found);
  if (entry?.kind !== 'file') return ok(undefined);
  const pieces: Buffer[] = [];
  const read = await readEntry(view.value, entry, options, async (content) => {
    for await (const piece of content) pieces.push(Buffer.from(piece));
  });
  return read.ok ? ok(Buffer.concat(pieces)) : read;
}

/** Links on one way, as in Linux (path_resolution(7)). */
const mostLinks = 40;

/** Where a path leads to, every link on the way looked up in the image, never on disk; undefined where to nothing. */
export function resolveInView({ entries }: ImageView, path: string): string | undefined {
  const left = placeIn(path)
    .path.split('/')
    .filter((part) => part !== '');
  let at = '/';
  let links = 0;
  while (left.length > 0) {
    const next = posix.join(at, left.shift() ?? '');
    const entry = entries.get(next);
    if (entry === undefined) return undefined;
    if (entry.target === undefined) {
      at = next;
      continue;
    }
    links += 1;
    if (links > mostLinks) return undefined;
    if (entry.target.startsWith('/')) at = '/';
    left.unshift(...entry.target.split('/').filter((part) => part !== ''));
  }
  return entries.has(at) ? at : undefined;
}

/** Reads the content of one file out of the layer that has it. Errors: those of `readImageView`. */
export async function readEntry(
  { image }: Pick<ImageView, 'image'>,
  { layer, member }: ViewEntry,
  { name, signal }: ViewOptions,
  use: (content: AsyncIterable<Buffer>) => Promise<void>,
): Promise<Result<void, Failure>> {
  return readMembers(image, layer, { name, signal }, (at, content) =>
    at === member ? use(content) : Promise.resolve(),
  );
}

/** Reads several files whole, each layer once, in the order of the layers. Errors: those of `readImageView`. */
export async function readEntries(
  { image }: Pick<ImageView, 'image'>,
  entries: readonly ViewEntry[],
  options: ViewOptions,
  use: (entry: ViewEntry, content: Buffer) => Promise<void>,
): Promise<Result<void, Failure>> {
  for (const layer of image.layers.keys()) {
    const wanted = new Map(entries.filter((each) => each.layer === layer).map((each) => [each.member, each]));
    if (wanted.size === 0) continue;
    const read = await readMembers(image, layer, options, async (at, content) => {
      const entry = wanted.get(at);
      if (entry === undefined) return;
      const pieces: Buffer[] = [];
      for await (const piece of content) pieces.push(Buffer.from(piece));
      await use(entry, Buffer.concat(pieces));
    });
    if (!read.ok) return read;
  }
  return ok(undefined);
}

async function readMembers(
  { layers }: Image,
  layer: number,
  { name, signal }: ViewOptions,
  onMember: (at: number, content: AsyncIterable<Buffer>) => Promise<void>,
): Promise<Result<void, Failure>> {
  const path = layers[layer];
  if (path === undefined) throw new TypeError(`no layer ${layer}`);
  let at = -1;
  const read = await readLayer(path, { name: `${layer + 1} of ${name}`, signal }, async (_, content) => {
    at += 1;
    await onMember(at, content);
  });
  return read.ok ? ok(undefined) : read;
}
