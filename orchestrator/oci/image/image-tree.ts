import { existsSync } from 'node:fs';
import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { Failure } from '../../core/failure.ts';
import { countOf } from '../../core/numbers.ts';
import {
  type Descriptor,
  type ImageConfig,
  type ImageIndex,
  type ImageManifest,
  isIndexType,
  isManifestType,
  platformOf,
} from '../../core/oci.ts';
import type { Platform } from '../../core/platform.ts';
import type { Result } from '../../core/result.ts';
import { blobPath, damaged, type ImageFile, placeOf, readDocument, reading, readJson } from './layout.ts';

/** An OCI layout folder whose `index.json` names one manifest, or one index of manifests. What image tasks make. */
export interface ImageTree {
  /** Absolute. */
  readonly folder: string;
  /** What `index.json` names: its digest is that of the image. */
  readonly descriptor: Descriptor;
  /** In the order of the index. */
  readonly images: readonly TreeImage[];
  /** Configs and layers, each once, those of an image together. */
  readonly blobs: readonly Descriptor[];
  /** Manifests, each once, then the index where there is one: nothing names what comes after it. */
  readonly documents: readonly Descriptor[];
}

/** One platform of an image tree. */
export interface TreeImage {
  /** As its config says. */
  readonly platform: Platform;
  readonly descriptor: Descriptor;
  readonly manifest: ImageManifest;
  readonly config: ImageConfig;
}

/**
 * Reads what an image tree names, and checks that every blob is there with its size; digests of layers are not
 * checked. @param name what it is called in failures. @param isPartial whether an index may name manifests that are not
 * there: of an image that was pulled, only the wanted platforms are. Errors: `usage`, `unsafe-path`, `digest-mismatch`.
 * @throws system errors.
 */
export async function readImageTree(
  folder: string,
  name = 'tree',
  { isPartial = false }: { readonly isPartial?: boolean } = {},
): Promise<Result<ImageTree, Failure>> {
  return reading(name, async () => {
    const fileOf = filesOf(folder);
    const layout = (await readJson('index.json', fileOf)) as Partial<ImageIndex>;
    const [descriptor, ...others] = layout.manifests ?? [];
    if (descriptor === undefined || others.length > 0) {
      throw damaged(`its index.json names ${countOf(layout.manifests?.length ?? 0, 'image')}, not one`);
    }
    const isIndex = isIndexType(descriptor.mediaType);
    const index = isIndex ? ((await readDocument(descriptor, fileOf)) as ImageIndex) : undefined;
    const images: TreeImage[] = [];
    const named = index?.manifests ?? [descriptor];
    const there = isPartial ? named.filter(({ digest }) => fileOf(blobPath(digest)) !== undefined) : named;
    if (there.length === 0) throw damaged('no manifest that its index names is there');
    for (const each of there) images.push(await readImage(each, fileOf));
    const blobs = once(images.flatMap(({ manifest }) => [manifest.config, ...manifest.layers]));
    const manifests = once(images.map((each) => each.descriptor));
    const documents = isIndex ? [...manifests, descriptor] : manifests;
    for (const each of [...blobs, ...documents]) await checkSize(each, fileOf);
    return { folder, descriptor, images, blobs, documents };
  });
}

/** The image of one platform; undefined where the tree has none. */
export function imageFor(tree: ImageTree, platform: Platform): TreeImage | undefined {
  return tree.images.find((each) => each.platform === platform);
}

/** The absolute path of a blob or document that the tree names. */
export function blobFile(tree: ImageTree, descriptor: Pick<Descriptor, 'digest'>): string {
  return join(tree.folder, blobPath(descriptor.digest));
}

/** Looks files of a layout up in a folder. */
export function filesOf(folder: string): ImageFile {
  return (path) => {
    const full = join(folder, path);
    return existsSync(full) ? full : undefined;
  };
}

async function readImage(descriptor: Descriptor, fileOf: ImageFile): Promise<TreeImage> {
  if (!isManifestType(descriptor.mediaType)) throw damaged(`it holds a ${descriptor.mediaType}`);
  const manifest = (await readDocument(descriptor, fileOf)) as Partial<ImageManifest>;
  if (manifest.config === undefined || !Array.isArray(manifest.layers)) {
    throw damaged(`the manifest ${descriptor.digest} has no config or no layers`);
  }
  const config = (await readDocument(manifest.config, fileOf)) as Partial<ImageConfig>;
  const { os, architecture, rootfs } = config;
  if (os === undefined || architecture === undefined || !Array.isArray(rootfs?.diff_ids)) {
    throw damaged(`the config ${manifest.config.digest} names no platform or no layers`);
  }
  if (rootfs.diff_ids.length !== manifest.layers.length) {
    throw damaged(`the config ${manifest.config.digest} names another number of layers than its manifest`);
  }
  return {
    platform: platformOf({ os, architecture }),
    descriptor,
    manifest: manifest as ImageManifest,
    config: config as ImageConfig,
  };
}

async function checkSize(descriptor: Descriptor, fileOf: ImageFile): Promise<void> {
  const { size } = await stat(placeOf(blobPath(descriptor.digest), fileOf));
  if (size !== descriptor.size) {
    throw damaged(`${descriptor.digest} has ${countOf(size, 'byte')}, and should have ${descriptor.size}`);
  }
}

function once(descriptors: readonly Descriptor[]): readonly Descriptor[] {
  return [...new Map(descriptors.map((each) => [each.digest, each])).values()];
}
