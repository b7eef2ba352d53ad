import { createHash } from 'node:crypto';
import { posix } from 'node:path';
import { byCodeUnit } from '../../core/canonical-json.ts';
import { asDigest } from '../../core/digest.ts';
import type { Failure } from '../../core/failure.ts';
import { ok, type Result } from '../../core/result.ts';
import { BadArchive, type TarEntry } from '../../tool/tar/tar-stream.ts';
import { checkDigest, damaged, reading } from './layout.ts';
import { headerLength, machineOf } from './machine.ts';
import { meaningOf, mergeLayer, type Oddity } from './merge-layer.ts';
import type { Image } from './open-image.ts';
import { type ReadLayer, readLayer } from './read-layer.ts';
import type { ViewEntry } from './view-entry.ts';

/** An image's files as a container would see them. */
export interface ImageView {
  readonly image: Image;
  /** By absolute path, in code-unit order; the root is `/`. */
  readonly entries: ReadonlyMap<string, ViewEntry>;
  /** Those of the image, the lowest first. */
  readonly layers: readonly ReadLayer[];
  readonly oddities: readonly Oddity[];
}

export interface ViewOptions {
  /** What the image is called in failures. */
  readonly name: string;
  readonly signal: AbortSignal;
}

/**
 * Reads all layers of an image, one after the other, without writing anything, and checks them against what manifest and
 * config say they hash to. Errors: `usage` where a layer cannot be read; `digest-mismatch`; `aborted`. @throws system errors.
 */
export async function readImageView(image: Image, options: ViewOptions): Promise<Result<ImageView, Failure>> {
  const entries = new Map<string, ViewEntry>();
  const layers: ReadLayer[] = [];
  const oddities: Oddity[] = [];
  for (const [layer, path] of image.layers.entries()) {
    const read = await applyLayer(path, layer, entries, oddities, options);
    if (!read.ok) return read;
    layers.push(read.value);
  }
  const checked = await reading(options.name, async () => checkLayers(image, layers));
  if (!checked.ok) return checked;
  const sorted = new Map([...entries].sort(([a], [b]) => byCodeUnit(a, b)));
  return ok({ image, entries: sorted, layers, oddities });
}

async function applyLayer(
  path: string,
  layer: number,
  entries: Map<string, ViewEntry>,
  oddities: Oddity[],
  { name, signal }: ViewOptions,
): Promise<Result<ReadLayer, Failure>> {
  const added = new Map<string, ViewEntry>();
  const removed: string[] = [];
  const emptied: string[] = [];
  let member = -1;
  const read = await readLayer(path, { name: `${layer + 1} of ${name}`, signal }, async (entry, content) => {
    member += 1;
    const place = placeIn(entry.path);
    if (place.leaves) oddities.push({ path: place.path, layer, why: 'leaves the image' });
    const meaning = meaningOf(place.path);
    if (meaning.kind === 'removes') removed.push(meaning.path);
    else if (meaning.kind === 'empties') emptied.push(meaning.path);
    else if (meaning.kind === 'content') {
      const found =
        entry.kind === 'hard-link'
          ? linkedTo(entry, added, entries)
          : { ...(await contentOf(entry, content)), layer, member };
      // The last one of a path counts, as it would where the archive is unpacked.
      added.delete(meaning.path);
      added.set(meaning.path, found);
    }
  });
  if (read.ok) oddities.push(...mergeLayer(entries, { added, removed, emptied }, layer));
  return read;
}

/** An absolute path without `.`, `..` and slashes too many. None leaves the image: the root's parent is the root. */
export function placeIn(path: string): { readonly path: string; readonly leaves: boolean } {
  const normal = posix.normalize(`/${path}`);
  const relative = posix.normalize(path.replace(/^\/+/, ''));
  const leaves = relative === '..' || relative.startsWith('../');
  return { path: normal === '/' ? normal : normal.replace(/\/$/, ''), leaves };
}

function linkedTo(
  { path, target = '' }: TarEntry,
  added: ReadonlyMap<string, ViewEntry>,
  entries: ReadonlyMap<string, ViewEntry>,
): ViewEntry {
  const place = placeIn(target).path;
  const found = added.get(place) ?? entries.get(place);
  if (found === undefined) throw new BadArchive(`the hard link ${path} is to ${target}, which is not there`);
  return found;
}

/** What every program in Go begins its build information with (debug/buildinfo). */
const goMark = Buffer.from('\xff Go buildinf:', 'latin1');

async function contentOf(
  entry: TarEntry,
  content: AsyncIterable<Buffer>,
): Promise<Omit<ViewEntry, 'layer' | 'member'>> {
  const { kind, mode, uid, gid, size, mtime, target, device, xattrs } = entry;
  if (kind === 'hard-link') throw new TypeError('a hard link has no content');
  const base = { kind, mode, uid, gid, size, mtime, target, device, xattrs };
  if (kind !== 'file') return { ...base, sha256: undefined, machine: undefined, isGo: false };
  const hash = createHash('sha256');
  let start: Buffer = Buffer.alloc(0);
  let [end, isMarked] = [Buffer.alloc(0), false];
  for await (const piece of content) {
    hash.update(piece);
    isMarked ||=
      piece.includes(goMark) || Buffer.concat([end, piece.subarray(0, goMark.length)]).includes(goMark);
    end = Buffer.concat([end, piece.subarray(-goMark.length)]).subarray(-goMark.length);
    if (start.length < headerLength) start = Buffer.concat([start, piece.subarray(0, headerLength)]);
  }
  const machine = machineOf(start);
  return { ...base, sha256: asDigest(hash.digest('hex')), machine, isGo: isMarked && machine !== undefined };
}

function checkLayers({ config, manifest }: Image, layers: readonly ReadLayer[]): void {
  const diffIds = config.rootfs?.diff_ids;
  if (!Array.isArray(diffIds) || diffIds.length !== layers.length) {
    throw damaged('its config names another number of layers than it has');
  }
  for (const [at, { sha256, plain }] of layers.entries()) {
    const digest = manifest?.layers[at]?.digest;
    if (digest !== undefined) checkDigest(digest, `sha256:${sha256}`, 'layer');
    checkDigest(diffIds[at] ?? '', `sha256:${plain}`, 'content of layer');
  }
}

/** The files in an image that are programs, libraries or objects for another platform than the image's own. */
export function foreignPrograms({ entries, image }: ImageView): readonly (readonly [string, ViewEntry])[] {
  return [...entries].filter(
    ([, { machine }]) => machine !== undefined && machine.platform !== image.platform,
  );
}
