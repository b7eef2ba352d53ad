import { createHash, hash as hashOnce } from 'node:crypto';
import { asDigest, type Digest } from '../../core/digest.ts';
import type { Failure } from '../../core/failure.ts';
import { err, ok, type Result } from '../../core/result.ts';
import { headerLength, machineOf } from '../../oci/image/machine.ts';
import { type ArchiveLimits, newBudget, releaseLimits, TooMuch } from '../../tool/tar/limits.ts';
import {
  compressionOf,
  type ReadOptions,
  readArchive,
  readArchiveStream,
} from '../../tool/tar/read-archive.ts';
import { BadArchive, type TarEntry } from '../../tool/tar/tar-stream.ts';
import type { Archive, InnerProgram, Member, Oddity } from './archive.ts';
import { odditiesOf, oddName } from './oddities.ts';

export interface ReadArchiveOptions {
  /** What it is called in failures. */
  readonly name: string;
  readonly signal: AbortSignal;
  readonly limits?: ArchiveLimits;
  /** Whether programs are looked for in archives that lie in it, as well. */
  readonly inside?: boolean;
}

/** How often archives may lie in one another: an image's layer in an image's tar in an archive of a release. */
const deepest = 3;

/**
 * Reads an archive to its end, hashes what is in it, and writes nothing. What is unsafe in it is told, not refused.
 * Errors: those of `readArchive`. @throws system errors of opening.
 */
export async function readArchiveFile(
  path: string,
  { name, signal, limits = releaseLimits, inside = false }: ReadArchiveOptions,
): Promise<Result<Archive, Failure>> {
  const found: Found = { members: new Map(), oddities: [], programs: [], kept: 0 };
  const options: ReadOptions = { what: `the archive ${name}`, signal, budget: newBudget(limits) };
  const read = await readArchive(path, options, async (entry, content) => {
    await take(entry, content, found, inside ? { options, depth: 1, where: '' } : undefined);
  });
  if (!read.ok) return read;
  if (read.value.size === 0) {
    return err({ reason: 'usage', message: `Cannot read ${options.what}.`, help: 'It is empty.' });
  }
  const { members, programs } = found;
  const oddities = [...found.oddities, ...odditiesOf(members, read.value)];
  return ok({ ...read.value, name, members, programs, oddities });
}

/** What is found while an archive is read. */
interface Found {
  readonly members: Map<string, Member>;
  readonly oddities: Oddity[];
  readonly programs: InnerProgram[];
  /** Bytes of names, targets and attributes. */
  kept: number;
}

/** Of those: what is held in memory until the end. The 26,000 names of Kubernetes' source have 3 MiB. */
const mostKept = 128 * 1024 ** 2;

/** Where one is that lies in others, and how far in. */
interface Inside {
  readonly options: ReadOptions;
  readonly depth: number;
  /** `kube-proxy.tar: `; empty of the outermost. */
  readonly where: string;
}

async function take(
  entry: TarEntry,
  content: AsyncIterable<Buffer>,
  found: Found,
  inside: Inside | undefined,
): Promise<void> {
  const path = plainPath(entry.path);
  const xattrs = Object.entries(entry.xattrs).flat();
  for (const text of [entry.path, entry.target ?? '', ...xattrs]) found.kept += text.length;
  if (found.kept > mostKept) throw new TooMuch(`names and attributes in it have more than ${mostKept} bytes`);
  const odd = oddName(entry.path, path);
  if (odd !== undefined) found.oddities.push(odd);
  const before = found.members.get(path);
  if (before !== undefined && path !== '') {
    found.oddities.push({ member: entry.path, why: 'is there more than once', isUnsafe: false });
  }
  const target = entry.kind === 'hard-link' ? found.members.get(plainPath(entry.target ?? '')) : undefined;
  const seen =
    entry.kind === 'file'
      ? await look(
          content,
          entry.size,
          inside && { ...inside, where: `${inside.where}${path}: ` },
          found.programs,
        )
      : { sha256: target?.sha256, machine: target?.machine, isArchive: target?.isArchive ?? false };
  const size = target?.size ?? entry.size;
  const replaces = before === undefined ? [] : [...before.replaces, before.sha256 ?? before.kind];
  // The last one of a path counts, and stands where it is.
  if (before !== undefined) found.members.delete(path);
  found.members.set(path, { ...entry, ...seen, path, name: entry.path, size, replaces });
}

type Seen = Pick<Member, 'sha256' | 'machine' | 'isArchive'>;

/**
 * Hashes a file's content, and looks into it where it is an archive. Most files of an archive are one piece, and of very many files
 * what is done for each takes longer than their bytes.
 */
async function look(
  content: AsyncIterable<Buffer>,
  size: number,
  inside: Inside | undefined,
  programs: InnerProgram[],
): Promise<Seen & { readonly sha256: Digest }> {
  const pieces = content[Symbol.asyncIterator]();
  const first: Buffer[] = [];
  let length = 0;
  while (length < Math.min(size, headerLength)) {
    const { done, value } = await pieces.next();
    if (done === true) break;
    first.push(value);
    length += value.length;
  }
  const start = first.length === 1 && first[0] !== undefined ? first[0] : Buffer.concat(first);
  const isArchive = beginsAsArchive(start);
  const machine = machineOf(start.subarray(0, headerLength));
  if (length === size && !isArchive)
    return { sha256: asDigest(hashOnce('sha256', start)), machine, isArchive };
  const hash = createHash('sha256').update(start);
  let isFirst = true;
  const next = async (): Promise<IteratorResult<Buffer>> => {
    if (isFirst) {
      isFirst = false;
      return { done: false, value: start };
    }
    const { done, value } = await pieces.next();
    if (done === true) return { done, value: undefined };
    hash.update(value);
    return { done: false, value };
  };
  if (isArchive && inside !== undefined) await walkInside({ next }, inside, programs);
  while ((await next()).done !== true);
  return { sha256: asDigest(hash.digest('hex')), machine, isArchive };
}

/** What begins as an archive and is none (a man page, packed) is passed over; one that holds too much ends all reading. */
async function walkInside(
  iterator: AsyncIterator<Uint8Array>,
  { options, depth, where }: Inside,
  programs: InnerProgram[],
): Promise<void> {
  if (depth === deepest) return;
  // An iterator without an end of its own: what is not read here is read for its hash.
  const source = { [Symbol.asyncIterator]: () => iterator };
  try {
    await readArchiveStream(source, options, async (entry, content) => {
      if (entry.kind !== 'file') return;
      const place = `${where}${plainPath(entry.path)}`;
      const seen = await look(
        content,
        entry.size,
        { options, depth: depth + 1, where: `${place}: ` },
        programs,
      );
      if (seen.machine !== undefined)
        programs.push({ where: place, sha256: seen.sha256, machine: seen.machine });
    });
  } catch (error) {
    if (!(error instanceof BadArchive) || error instanceof TooMuch) throw error;
  }
}

function beginsAsArchive(start: Buffer): boolean {
  const compression = compressionOf(start);
  return compression === 'none' ? start.toString('latin1', 257, 262) === 'ustar' : compression !== 'zip';
}

/** Without `./` before it and slashes at its end: `./x` and `x` are one path. */
function plainPath(path: string): string {
  return path.replace(/^(\.\/+)+|^\.$/, '').replace(/\/+$/, '');
}
