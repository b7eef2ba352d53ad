import { mkdtemp } from 'node:fs/promises';
import { join } from 'node:path';
import type { Failure } from '../../core/failure.ts';
import { failureHeadline } from '../../core/failure-headline.ts';
import { err, ok, type Result } from '../../core/result.ts';
import type { ImageComparison } from '../../oci/image/comparison.ts';
import { readTar } from '../../tool/tar/tar.ts';
import type { BinaryComparison } from '../inspect/difference.ts';
import { type Archive, isImageTar, type Member } from './archive.ts';
import { compareArchives, identityOf, type Pairs, pairsOf } from './compare-archives.ts';
import { type ArchiveComparison, type InnerComparison, setAside } from './comparison.ts';
import { readArchiveFile } from './read.ts';

/** An archive's file. */
export interface ArchiveSource {
  /** Absolute. */
  readonly path: string;
  /** What it is called in failures. */
  readonly name: string;
}

export interface ComparingArchives {
  /** Where members are taken out to that are looked into; a folder of its own, gone afterwards. Absolute. */
  readonly scratch: string;
  readonly signal: AbortSignal;
  readonly compareImages: (a: ArchiveSource, b: ArchiveSource) => Promise<Result<ImageComparison, Failure>>;
  /** Undefined where programs are not looked into. */
  readonly comparePrograms?:
    | ((a: string, b: string) => Promise<Result<BinaryComparison, Failure>>)
    | undefined;
}

/** How deep archives are looked for in one another: an archive in an archive of a release. */
const deepest = 2;

/**
 * Compares two archives, and what lies in those files of them whose content differs: archives, images, programs.
 * Errors: `usage` where one cannot be read; `unsafe-path` where a member of one leaves it; those of `comparing`.
 */
export async function compareArchiveFiles(
  a: ArchiveSource,
  b: ArchiveSource,
  comparing: ComparingArchives,
  depth = 1,
): Promise<Result<ArchiveComparison, Failure>> {
  const inA = await readSafely(a, comparing);
  if (!inA.ok) return inA;
  const inB = await readSafely(b, comparing);
  if (!inB.ok) return inB;
  const pairs = pairsOf(inA.value, inB.value);
  if (inA.value.sha256 === inB.value.sha256) return ok(compareArchives(inA.value, inB.value, pairs));
  if (isImageTar(inA.value) && isImageTar(inB.value)) {
    const images = await comparing.compareImages(a, b);
    return images.ok ? ok(asImages(inA.value, inB.value, images.value)) : images;
  }
  const inside = await lookInside(a, b, pairs, comparing, depth);
  return inside.ok ? ok(compareArchives(inA.value, inB.value, pairs, inside.value)) : inside;
}

async function readSafely(
  { path, name }: ArchiveSource,
  { signal }: ComparingArchives,
): Promise<Result<Archive, Failure>> {
  const read = await readArchiveFile(path, { name, signal });
  const unsafe = read.ok ? read.value.oddities.find(({ isUnsafe }) => isUnsafe) : undefined;
  if (unsafe === undefined) return read;
  return err({ reason: 'unsafe-path', path: unsafe.member, where: name, detail: unsafe.why });
}

function asImages(a: Archive, b: Archive, comparison: ImageComparison): ArchiveComparison {
  const verdict = comparison.verdict === 'different' ? 'different' : 'equivalent';
  const inside = [{ path: '', kind: 'image', comparison } as const];
  const both = { a: identityOf(a), b: identityOf(b) };
  return { verdict, ...both, members: [], setAside: setAside('as-images', 1), inside };
}

/** What lies in files whose content differs, in the order of their paths. */
async function lookInside(
  a: ArchiveSource,
  b: ArchiveSource,
  pairs: Pairs,
  comparing: ComparingArchives,
  depth: number,
): Promise<Result<readonly InnerComparison[], Failure>> {
  const worth = [...pairs].flatMap(([path, [x, y]]) =>
    x !== undefined && y !== undefined && isWorth(x, y, comparing, depth) ? [[path, x, y] as const] : [],
  );
  const found: InnerComparison[] = [];
  for (const [path, x] of worth) {
    const folder = await mkdtemp(join(comparing.scratch, 'inside-'));
    const taken = await takeOut(a, path, join(folder, 'a'), comparing.signal);
    if (!taken.ok) return taken;
    const other = await takeOut(b, path, join(folder, 'b'), comparing.signal);
    if (!other.ok) return other;
    const inner = x.isArchive
      ? await compareArchiveFiles(taken.value, other.value, comparing, depth + 1)
      : await comparing.comparePrograms?.(taken.value.path, other.value.path);
    if (inner === undefined) continue;
    if (!inner.ok) {
      if (!['usage', 'unsafe-path', 'digest-mismatch'].includes(inner.error.reason)) return inner;
      found.push({ path, kind: 'unread', why: failureHeadline(inner.error) });
    } else if ('extent' in inner.value) found.push({ path, kind: 'program', comparison: inner.value });
    else found.push(unwrapped(path, inner.value));
  }
  return ok(found);
}

/** An archive that was compared as an image is one. */
function unwrapped(path: string, comparison: ArchiveComparison): InnerComparison {
  const [only] = comparison.inside;
  if (only?.kind === 'image' && only.path === '') return { ...only, path };
  return { path, kind: 'archive', comparison };
}

function isWorth(a: Member, b: Member, { comparePrograms }: ComparingArchives, depth: number): boolean {
  if (a.sha256 === b.sha256 || a.kind !== 'file' || b.kind !== 'file') return false;
  // Which of several would be taken out, each program says otherwise.
  if (a.replaces.length + b.replaces.length > 0) return false;
  if (a.isArchive && b.isArchive) return depth < deepest;
  return comparePrograms !== undefined && a.machine !== undefined && b.machine !== undefined;
}

async function takeOut(
  archive: ArchiveSource,
  path: string,
  folder: string,
  signal: AbortSignal,
): Promise<Result<ArchiveSource, Failure>> {
  const { name } = archive;
  const wanted = (member: { readonly path: string }) => member.path === path;
  const read = await readTar(archive.path, { name, links: 'inside', signal, folder, wanted });
  return read.ok ? ok({ path: join(folder, path), name: `${name}: ${path}` }) : read;
}
