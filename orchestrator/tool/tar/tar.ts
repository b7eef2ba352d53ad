import { createWriteStream } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { dirname, join, posix } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { list, type ReadEntry } from 'tar';
import type { Failure } from '../../core/failure.ts';
import { countOf } from '../../core/numbers.ts';
import { whyUnsafePath } from '../../core/relative-path.ts';
import { err, ok, type Result } from '../../core/result.ts';

export interface TarMember {
  /** Without a leading `./` or a trailing slash; safe to join to a folder. */
  readonly path: string;
  readonly kind: 'file' | 'folder' | 'hard-link' | 'symbolic-link' | 'other';
  /** Bytes. */
  readonly size: number;
  /** As the archive has it; of links only. */
  readonly target: string | undefined;
}

export interface TarOptions {
  /** What the archive is called in failures. */
  readonly name: string;
  /** Which files are written below `folder`; none where it is left out. */
  readonly wanted?: (member: TarMember) => boolean;
  readonly folder?: string;
  /**
   * `inside`: a link that leads out of the archive is an error. `any`: for image layers, whose links are meant from the root of
   * the image. Links are never made on disk, and never followed here.
   */
  readonly links: 'inside' | 'any';
  readonly signal: AbortSignal;
}

/** Bytes that the wanted files of one archive may have together. */
const sizeLimit = 4 * 1024 ** 3;

/**
 * Reads a tar archive, compressed or not, from begin to end: gives its members in order, and writes the wanted files.
 * Errors: `unsafe-path`; `usage` where it is no archive that can be read or is too large; `aborted`.
 * @throws system errors of writing.
 */
export async function readTar(
  archive: string,
  options: TarOptions,
): Promise<Result<readonly TarMember[], Failure>> {
  const members: TarMember[] = [];
  const writes: Promise<void>[] = [];
  let failure: Failure | undefined;
  let broken: { readonly error: unknown } | undefined;
  let size = 0;
  const onReadEntry = (entry: ReadEntry): void => {
    const member = memberOf(entry);
    failure ??= options.signal.aborted ? { reason: 'aborted' } : whyUnsafe(member, options);
    const isWanted =
      failure === undefined && options.folder !== undefined && member.kind === 'file' && member.path !== '';
    if (!isWanted || options.wanted?.(member) !== true) {
      if (failure === undefined && member.path !== '') members.push(member);
      entry.resume();
      return;
    }
    members.push(member);
    size += member.size;
    if (size > sizeLimit)
      failure ??= unreadable(options.name, `more than ${countOf(sizeLimit, 'byte')} are in it`);
    if (failure === undefined) {
      const writing = write(entry, join(options.folder ?? '', member.path)).catch((error: unknown) => {
        broken ??= { error };
        // Nobody takes its data any more, and what follows it waits for that.
        entry.resume();
      });
      writes.push(writing);
    } else entry.resume();
  };
  try {
    await list({ file: archive, strict: true, noResume: true, onReadEntry });
  } catch (error) {
    await Promise.all(writes);
    if (failure !== undefined) return err(failure);
    return err(unreadable(options.name, error instanceof Error ? error.message : String(error)));
  }
  await Promise.all(writes);
  if (broken !== undefined) throw broken.error;
  return failure === undefined ? ok(members) : err(failure);
}

/** The member that a path is in the end, through the links of the archive; undefined where there is none. */
export function resolveMember(members: readonly TarMember[], path: string): TarMember | undefined {
  // The last one of a path counts, as it would where the archive is unpacked.
  const byPath = new Map(members.map((each) => [each.path, each]));
  let member = byPath.get(path);
  for (let hops = 0; hops < 8 && member?.target !== undefined; hops += 1) {
    member = byPath.get(targetOf(member));
  }
  return member?.target === undefined ? member : undefined;
}

function targetOf({ kind, path, target = '' }: TarMember): string {
  return posix.normalize(kind === 'hard-link' ? target : posix.join(posix.dirname(path), target));
}

const kinds: Readonly<Record<string, TarMember['kind']>> = {
  File: 'file',
  OldFile: 'file',
  ContiguousFile: 'file',
  Directory: 'folder',
  GNUDumpDir: 'folder',
  Link: 'hard-link',
  SymbolicLink: 'symbolic-link',
};

function memberOf(entry: ReadEntry): TarMember {
  const path = entry.path.replace(/^(\.\/+)+|^\.$/, '').replace(/\/+$/, '');
  const kind = kinds[entry.type] ?? 'other';
  const isLink = kind === 'hard-link' || kind === 'symbolic-link';
  return { path, kind, size: entry.size, target: isLink ? (entry.linkpath ?? '') : undefined };
}

function whyUnsafe(member: TarMember, { name, links }: TarOptions): Failure | undefined {
  const detail = member.path === '' ? undefined : whyUnsafePath(member.path);
  if (detail !== undefined) return { reason: 'unsafe-path', path: member.path, where: name, detail };
  if (member.target === undefined || links === 'any') return undefined;
  const target = targetOf(member);
  const leadsOut = member.target.startsWith('/') || target === '..' || target.startsWith('../');
  if (!leadsOut) return undefined;
  return { reason: 'unsafe-path', path: member.path, where: name, detail: `leads out to ${member.target}` };
}

async function write(entry: ReadEntry, path: string): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  await pipeline(entry as unknown as NodeJS.ReadableStream, createWriteStream(path));
}

function unreadable(name: string, why: string): Failure {
  return { reason: 'usage', message: `Cannot read the archive ${name}.`, help: `${why}.` };
}
