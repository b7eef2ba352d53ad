import { createHash } from 'node:crypto';
import { constants, type Stats } from 'node:fs';
import { type FileHandle, lstat, open, readdir } from 'node:fs/promises';
import type { Readable } from 'node:stream';
import { type Diagnostic, decodeUtf8 } from '../../core/diagnostic.ts';
import { asDigest, type Digest } from '../../core/digest.ts';
import { countOf } from '../../core/numbers.ts';
import { err, ok, type Result } from '../../core/result.ts';

/** Bytes: the most that a file of each kind may have. The largest that are known have a hundredth of it. */
export const sizeLimit = {
  /** Settings, recipes, Dockerfiles, certificates, logins, policies: what people write by hand. */
  byHand: 2 ** 20,
  /** Locks and overlays: the largest lock of a release has 60 KB. */
  lock: 2 ** 23,
  /** Patches, and single files out of a checkout such as go.sum. */
  source: 2 ** 26,
  /** Reports, and the lists that others publish. */
  report: 2 ** 28,
} as const;

/** How a file is opened. */
interface Opening {
  /** Bytes: a file with more is not read, and nothing is kept of it. */
  readonly limit: number;
  /** Whether a symbolic link in its place is refused; else it is followed, to a file as good as any. */
  readonly refuseLink?: boolean;
}

/**
 * Reads a file that somebody else made: a user, upstream, a registry. It is opened without waiting for whoever may be at the other
 * end, has to be a regular file, and no more is read than it may have; undefined where there is none.
 * Errors: why not, as the end of a sentence: `is a folder`.
 */
export async function readBytes(
  path: string,
  { limit, refuseLink = false }: Opening,
): Promise<Result<Buffer | undefined, string>> {
  let file: FileHandle | undefined;
  try {
    const care = constants.O_RDONLY | constants.O_NONBLOCK | (refuseLink ? constants.O_NOFOLLOW : 0);
    file = await open(path, care);
    const found = await file.stat();
    if (!found.isFile()) return err(`is ${kindOf(found)}, and no file`);
    const content = found.size > limit ? undefined : await readUpTo(file, found.size, limit);
    return content === undefined ? err(`has more than ${inWords(limit)}, which none needs`) : ok(content);
  } catch (error) {
    return whyNotOpened(error, path, refuseLink);
  } finally {
    await file?.close();
  }
}

/**
 * The same for a text: UTF-8 without exception. Errors: a complaint about the file, or about the place of the byte that is none.
 * @param shown the file's name as complaints give it.
 */
export async function readText(
  path: string,
  opening: Opening,
  shown: string,
): Promise<Result<string | undefined, Diagnostic>> {
  const content = await readBytes(path, opening);
  if (!content.ok) return err({ severity: 'error', message: content.error, location: { file: shown } });
  return content.value === undefined ? ok(undefined) : decodeUtf8(content.value, shown);
}

/**
 * A text out of a checkout or a package, where upstream may have put anything: nothing where there is no such file, or none that can
 * be read.
 */
export async function readSource(path: string): Promise<string> {
  const content = await readBytes(path, { limit: sizeLimit.source });
  return content.ok ? (content.value?.toString('utf8') ?? '') : '';
}

/** What is in a folder; nothing where there is none. Errors: why not, as the end of a sentence. */
export async function listNames(path: string): Promise<Result<readonly string[], string>> {
  try {
    return ok(await readdir(path));
  } catch (error) {
    const why = await whyNotOpened(error, path, false);
    return why.ok ? ok([]) : why;
  }
}

/** SHA-256 of a file of any size, opened with the same care. Errors: why not, as the end of a sentence. */
export async function digestOfFile(path: string): Promise<Result<Digest, string>> {
  const sha256 = createHash('sha256');
  const size = await throughFile(path, (chunk) => sha256.update(chunk));
  return size.ok ? ok(asDigest(sha256.digest('hex'))) : size;
}

/** A file's hashes, in lower-case hexadecimal. */
export interface FileHashes {
  readonly sha256: Digest;
  readonly sha512: string;
  /** Bytes. */
  readonly size: number;
}

/** The same with SHA-512, and how much it was, in one go. */
export async function hashesOfFile(path: string): Promise<Result<FileHashes, string>> {
  const [sha256, sha512] = [createHash('sha256'), createHash('sha512')];
  const size = await throughFile(path, (chunk) => {
    sha256.update(chunk);
    sha512.update(chunk);
  });
  if (!size.ok) return size;
  return ok({ sha256: asDigest(sha256.digest('hex')), sha512: sha512.digest('hex'), size: size.value });
}

/** Gives all bytes of a file in order, and how many they were. */
async function throughFile(path: string, onChunk: (chunk: Buffer) => void): Promise<Result<number, string>> {
  let file: FileHandle | undefined;
  try {
    file = await open(path, constants.O_RDONLY | constants.O_NONBLOCK);
    const found = await file.stat();
    if (!found.isFile()) return err(`is ${kindOf(found)}, and no file`);
    let size = 0;
    for await (const chunk of file.createReadStream({ autoClose: false })) {
      onChunk(chunk as Buffer);
      size += (chunk as Buffer).length;
    }
    return ok(size);
  } catch (error) {
    const why = await whyNotOpened(error, path, false);
    return why.ok ? err('is not there') : why;
  } finally {
    await file?.close();
  }
}

/** A file that is open: its bytes in order, and how many they were when it was opened. It closes when all were read. */
interface OpenFile {
  readonly size: number;
  readonly bytes: Readable;
}

/**
 * Opens a file of any size with the same care; a symbolic link in its place is refused. Errors: why not, as the end of a sentence.
 * @throws system errors, where it is read.
 */
export async function openBytes(path: string): Promise<Result<OpenFile, string>> {
  let file: FileHandle | undefined;
  try {
    file = await open(path, constants.O_RDONLY | constants.O_NONBLOCK | constants.O_NOFOLLOW);
    const found = await file.stat();
    if (found.isFile()) return ok({ size: found.size, bytes: file.createReadStream() });
    await file.close();
    return err(`is ${kindOf(found)}, and no file`);
  } catch (error) {
    await file?.close();
    const why = await whyNotOpened(error, path, true);
    return why.ok ? err('is not there') : why;
  }
}

/** Undefined where there is more than the limit: a file may grow, or be one of the system's, whose size is told as 0. */
async function readUpTo(file: FileHandle, size: number, limit: number): Promise<Buffer | undefined> {
  let buffer = Buffer.allocUnsafe(size + 1);
  for (let length = 0; ; ) {
    const { bytesRead } = await file.read(buffer, length, buffer.length - length);
    length += bytesRead;
    if (length > limit) return undefined;
    if (bytesRead === 0) return buffer.subarray(0, length);
    if (length < buffer.length) continue;
    buffer = Buffer.concat([buffer], Math.min(2 * length, limit) + 1);
  }
}

/** Nothing where nothing is there. @throws what is no system error. */
async function whyNotOpened(
  error: unknown,
  path: string,
  refuseLink: boolean,
): Promise<Result<undefined, string>> {
  const code = error instanceof Error && 'syscall' in error && 'code' in error ? error.code : undefined;
  if (code === undefined) throw error;
  const there = await lstat(path).catch(() => undefined);
  if (there?.isSymbolicLink() === true) {
    if (code === 'ENOENT') return err('is a symbolic link that leads nowhere');
    if (refuseLink && code === 'ELOOP') return err('is a symbolic link');
    if (code === 'ELOOP') return err('is a symbolic link that leads back to itself');
  }
  if (code === 'ENOENT') return ok(undefined);
  if (code === 'ENXIO') return err('is a socket, and no file');
  if (code === 'ENOTDIR') return err(there === undefined ? 'lies below what is no folder' : 'is no folder');
  return err(`cannot be read (${code})`);
}

function kindOf(found: Stats): string {
  if (found.isDirectory()) return 'a folder';
  if (found.isFIFO()) return 'a pipe';
  if (found.isSocket()) return 'a socket';
  return 'a device';
}

function inWords(bytes: number): string {
  return bytes >= 2 ** 20 ? `${bytes / 2 ** 20} MiB` : countOf(bytes, 'byte');
}
