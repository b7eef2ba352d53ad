import { join, posix } from 'node:path';
import type { Failure } from '../../core/failure.ts';
import type { Descriptor, ImageConfig, ImageManifest, OciDigest } from '../../core/oci.ts';
import { type Platform, platformParts } from '../../core/platform.ts';
import { ok, type Result } from '../../core/result.ts';
import { readTar, type TarMember } from '../../tool/tar/tar.ts';
import {
  blobPath,
  checkDigest,
  checkedBlob,
  damaged,
  type ImageFile,
  type ImageLayout,
  ociDigestOf,
  placeOf,
  readDocument,
  readFileOf,
  reading,
  readJson,
} from './layout.ts';

/** An image of one platform, laid out in a folder. */
export interface Image {
  readonly platform: Platform;
  /** Of its manifest; undefined in an unpacked `docker save`, which has none. */
  readonly digest: OciDigest | undefined;
  readonly configDigest: OciDigest;
  readonly config: ImageConfig;
  /** Absolute paths of its layers, the lowest first. */
  readonly layers: readonly string[];
  /** Undefined where `digest` is. */
  readonly manifest: ImageManifest | undefined;
}

/**
 * The image for a platform in a folder that is an OCI layout (`index.json`, `blobs/`) or an unpacked `docker save`
 * (`manifest.json`). Undefined where it has none for that platform. Digests are checked.
 * @param fileOf where a path of the layout is; undefined where it is not there.
 * Errors: `usage`, `unsafe-path`, `digest-mismatch`. @throws system errors.
 */
export async function openImage(
  kind: 'oci' | 'docker',
  name: string,
  platform: Platform,
  fileOf: ImageFile,
): Promise<Result<Image | undefined, Failure>> {
  const found = await listImages({ kind, name, fileOf }, platform);
  if (!found.ok) return found;
  const [image] = found.value;
  if (image === undefined) return ok(undefined);
  return reading(name, async () => {
    for (const layer of image.manifest?.layers ?? []) await checkedBlob(layer, fileOf);
    return image;
  });
}

/**
 * All images of a layout, or those of one platform, in its order. What an index names and the layout does not have is left
 * out: a layout may hold a part of an image only (OCI image specification, image-layout.md); so is what is no image.
 * Digests of layers are not checked. Errors: as above.
 */
export async function listImages(
  layout: ImageLayout,
  platform?: Platform,
): Promise<Result<readonly Image[], Failure>> {
  const isWanted = (has: Partial<ImageConfig>) => platform === undefined || isFor(has, platform);
  return reading(layout.name, async () => {
    if (layout.kind === 'docker') return dockerImages(layout.fileOf, isWanted);
    const images: Image[] = [];
    await collect((await readJson('index.json', layout.fileOf)) as Document, undefined, {
      fileOf: layout.fileOf,
      isWanted,
      images,
      depth: 0,
    });
    return images;
  });
}

interface Document {
  readonly manifests?: readonly Descriptor[];
  readonly config?: Descriptor;
  readonly layers?: readonly Descriptor[];
}

function isListOfObjects(value: unknown): boolean {
  return Array.isArray(value) && value.every((each) => typeof each === 'object' && each !== null);
}

interface Collecting {
  readonly fileOf: ImageFile;
  readonly isWanted: (has: Partial<ImageConfig>) => boolean;
  readonly images: Image[];
  readonly depth: number;
}

/** Indexes name indexes: one for each platform, sometimes, inside the one of the layout. */
const deepest = 4;

async function collect(
  document: Document,
  digest: OciDigest | undefined,
  collecting: Collecting,
): Promise<void> {
  const { fileOf, isWanted, images, depth } = collecting;
  if (document.manifests !== undefined) {
    if (!isListOfObjects(document.manifests)) throw damaged('an index of it names no manifests');
    if (depth === deepest) throw damaged('its indexes name indexes too often');
    for (const each of document.manifests) {
      if (each.platform !== undefined && !isWanted(each.platform)) continue;
      if (fileOf(blobPath(each.digest)) === undefined) continue;
      const next = (await readDocument(each, fileOf)) as Document;
      await collect(next, each.digest, { ...collecting, depth: depth + 1 });
    }
    return;
  }
  const { config: named, layers } = document;
  if (named === undefined || layers === undefined) return;
  if (!isListOfObjects([named, ...[layers].flat()])) throw damaged('a manifest of it names no blobs');
  const config = (await readDocument(named, fileOf)) as Partial<ImageConfig>;
  if (!isImage(config) || !isWanted(config) || images.some((each) => each.digest === digest)) return;
  images.push({
    platform: `${config.os}/${config.architecture}`,
    digest,
    configDigest: named.digest,
    config,
    layers: layers.map((each) => placeOf(blobPath(each.digest), fileOf)),
    manifest: document as ImageManifest,
  });
}

interface DockerImage {
  readonly Config: string;
  readonly Layers: readonly string[];
}

async function dockerImages(
  fileOf: ImageFile,
  isWanted: (has: Partial<ImageConfig>) => boolean,
): Promise<readonly Image[]> {
  const listed = (await readJson('manifest.json', fileOf)) as readonly DockerImage[];
  if (!Array.isArray(listed)) throw damaged('its manifest.json is no list');
  const images: Image[] = [];
  for (const each of listed as readonly (DockerImage | null)[]) {
    const { Config: path, Layers: layers } = each ?? {};
    if (typeof path !== 'string' || !Array.isArray(layers)) throw damaged('its manifest.json names no image');
    const config = (await readJson(path, fileOf)) as Partial<ImageConfig>;
    if (!isImage(config) || !isWanted(config)) continue;
    const configDigest = ociDigestOf(await readFileOf(path, fileOf));
    // Both the old and the new way of `docker save` name the config by its digest.
    const [named] = /[0-9a-f]{64}/.exec(path) ?? [];
    if (named !== undefined) checkDigest(`sha256:${named}`, configDigest);
    images.push({
      platform: `${config.os}/${config.architecture}`,
      digest: undefined,
      configDigest,
      config,
      layers: layers.map((layer) => placeOf(layer, fileOf)),
      manifest: undefined,
    });
  }
  return images;
}

function isImage(config: Partial<ImageConfig>): config is ImageConfig {
  // What BuildKit attests about an image has a config too, for the platform unknown/unknown.
  return typeof config.os === 'string' && typeof config.architecture === 'string' && config.os !== 'unknown';
}

function isFor(has: { readonly os?: string; readonly architecture?: string }, platform: Platform): boolean {
  const { os, arch } = platformParts(platform);
  return has.os === os && has.architecture === arch;
}

/** Where a file stands in an image. */
export interface LayerFile {
  /** Absolute, of the layer. */
  readonly layer: string;
  readonly path: string;
}

/**
 * The files of a base name that a running container would see: what an upper layer has, replaces or whites out counts.
 * Errors: those of `readTar`.
 */
export async function findInLayers(
  image: Image,
  baseName: string,
  signal: AbortSignal,
): Promise<Result<readonly LayerFile[], Failure>> {
  const found = new Map<string, LayerFile>();
  for (const layer of image.layers) {
    const members = await readTar(layer, { name: posix.basename(layer), links: 'any', signal });
    if (!members.ok) return members;
    for (const member of members.value) hide(member, found);
    for (const { kind, path } of members.value) {
      if (kind === 'file' && posix.basename(path) === baseName) found.set(path, { layer, path });
    }
  }
  return ok([...found.values()]);
}

const whiteout = '.wh.';
/** Hides all that lower layers have in the folder (OCI image specification, layer.md). */
const opaque = '.wh..wh..opq';

/** Takes from what lower layers have what this member of a layer stands in the place of. */
function hide({ kind, path }: TarMember, found: Map<string, LayerFile>): void {
  const [folder, name] = [posix.dirname(path), posix.basename(path)];
  let gone = kind === 'folder' ? undefined : path;
  let isWithin = false;
  if (name === opaque) [gone, isWithin] = [folder, true];
  else if (name.startsWith(whiteout)) gone = posix.join(folder, name.slice(whiteout.length));
  if (gone === undefined) return;
  for (const known of found.keys()) {
    const isBelow = gone === '.' || known.startsWith(`${gone}/`);
    if (isBelow || (!isWithin && known === gone)) found.delete(known);
  }
}

/** Takes a file out of its layer. Gives its absolute path. Errors: those of `readTar`. */
export async function takeFromLayer(
  { layer, path }: LayerFile,
  folder: string,
  signal: AbortSignal,
): Promise<Result<string, Failure>> {
  const wanted = (member: TarMember) => member.path === path;
  const read = await readTar(layer, { name: posix.basename(layer), links: 'any', wanted, folder, signal });
  return read.ok ? ok(join(folder, path)) : read;
}
