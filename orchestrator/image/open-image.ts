import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join, posix } from 'node:path';
import { pipeline } from 'node:stream/promises';
import type { Failure } from '../core/failure.ts';
import { type Platform, platformParts } from '../core/platform.ts';
import { whyUnsafePath } from '../core/relative-path.ts';
import { err, ok, type Result } from '../core/result.ts';
import { readTar, type TarMember } from '../tool/tar.ts';

/** An image of one platform, laid out in a folder. */
export interface Image {
  /** Absolute paths of its layers, the lowest first. */
  readonly layers: readonly string[];
}

/** Reads a file of the layout: an absolute path, by a path that was checked. */
export type ImageFile = (path: string) => string | undefined;

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
  try {
    if (kind === 'docker') return ok(await openDocker(platform, fileOf));
    return ok(await openOci(parse(await readText('index.json', fileOf)), platform, fileOf, 0));
  } catch (error) {
    if (error instanceof Unreadable) return err(error.failure(name));
    throw error;
  }
}

/** Ends the reading of a layout; never leaves this file. */
class Unreadable extends Error {
  readonly failure: (name: string) => Failure;
  constructor(failure: (name: string) => Failure) {
    super('unreadable');
    this.failure = failure;
  }
}

interface Descriptor {
  readonly digest: string;
  readonly platform?: { readonly os?: string; readonly architecture?: string };
}

interface Document {
  readonly manifests?: readonly Descriptor[];
  readonly config?: Descriptor;
  readonly layers?: readonly Descriptor[];
  readonly os?: string;
  readonly architecture?: string;
}

/** Indexes name indexes: one for each platform, sometimes, inside the one of the layout. */
const deepest = 4;

async function openOci(
  document: Document,
  platform: Platform,
  fileOf: ImageFile,
  depth: number,
): Promise<Image | undefined> {
  if (document.manifests !== undefined && depth < deepest) {
    for (const each of document.manifests) {
      if (each.platform !== undefined && !isFor(each.platform, platform)) continue;
      const found = await openOci(parse(await readBlob(each, fileOf)), platform, fileOf, depth + 1);
      if (found !== undefined) return found;
    }
    return undefined;
  }
  const { config, layers } = document;
  if (config === undefined || layers === undefined) return undefined;
  if (!isFor(parse(await readBlob(config, fileOf)), platform)) return undefined;
  return { layers: await Promise.all(layers.map((each) => checkedBlob(each, fileOf))) };
}

interface DockerImage {
  readonly Config: string;
  readonly Layers: readonly string[];
}

async function openDocker(platform: Platform, fileOf: ImageFile): Promise<Image | undefined> {
  const images = parse(await readText('manifest.json', fileOf)) as unknown as readonly DockerImage[];
  if (!Array.isArray(images)) throw damaged('its manifest.json is no list');
  for (const image of images as readonly DockerImage[]) {
    const config = parse(await readText(image.Config, fileOf));
    if (isFor(config, platform)) return { layers: image.Layers.map((path) => placeOf(path, fileOf)) };
  }
  return undefined;
}

function isFor(has: { readonly os?: string; readonly architecture?: string }, platform: Platform): boolean {
  const { os, arch } = platformParts(platform);
  return has.os === os && has.architecture === arch;
}

async function readBlob(descriptor: Descriptor, fileOf: ImageFile): Promise<string> {
  return readFile(await checkedBlob(descriptor, fileOf), 'utf8');
}

async function checkedBlob({ digest }: Descriptor, fileOf: ImageFile): Promise<string> {
  const expected = /^sha256:([0-9a-f]{64})$/.exec(digest)?.[1];
  if (expected === undefined) throw damaged(`${JSON.stringify(digest)} is no SHA-256 digest`);
  const path = placeOf(`blobs/sha256/${expected}`, fileOf);
  const hash = createHash('sha256');
  await pipeline(createReadStream(path), hash);
  const found = hash.digest('hex');
  if (found === expected) return path;
  throw new Unreadable((name) => {
    return { reason: 'digest-mismatch', what: `The blob ${digest} of ${name}`, expected, found };
  });
}

async function readText(path: string, fileOf: ImageFile): Promise<string> {
  return readFile(placeOf(path, fileOf), 'utf8');
}

function placeOf(path: string, fileOf: ImageFile): string {
  const detail = whyUnsafePath(path);
  if (detail !== undefined) {
    throw new Unreadable((where) => ({ reason: 'unsafe-path', path, where, detail }));
  }
  const file = fileOf(path);
  if (file === undefined) throw damaged(`${path} is missing`);
  return file;
}

function parse(text: string): Document {
  try {
    const value = JSON.parse(text) as Document | null;
    if (typeof value === 'object' && value !== null) return value;
  } catch {
    // Told below.
  }
  throw damaged('one of its documents is no JSON object');
}

function damaged(why: string): Unreadable {
  return new Unreadable((name) => {
    return { reason: 'usage', message: `Cannot read the image ${name}.`, help: `${why}.` };
  });
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
