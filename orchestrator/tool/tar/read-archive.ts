import { createHash } from 'node:crypto';
import { constants } from 'node:fs';
import { open } from 'node:fs/promises';
import { Readable, Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import * as zlib from 'node:zlib';
import { asDigest, type Digest } from '../../core/digest.ts';
import type { Failure } from '../../core/failure.ts';
import { err, ok, type Result } from '../../core/result.ts';
import { type GzipHeader, readGzipHeader } from './gzip-header.ts';
import type { Budget } from './limits.ts';
import { BadArchive, type OnTarEntry, type TarEnd, walkTar } from './tar-stream.ts';

export type Compression = 'none' | 'gzip' | 'zstd';

/** What was learned of an archive while it was read. */
export interface ReadArchive {
  readonly compression: Compression;
  /** Of the file as it is. */
  readonly sha256: Digest;
  /** Bytes of the file as it is. */
  readonly size: number;
  /** Of the tar archive in it. */
  readonly plain: Digest;
  /** Bytes of that. */
  readonly unpacked: number;
  /** What its compression says of itself; undefined of others, and where it is longer than any program writes it. */
  readonly gzip: GzipHeader | undefined;
  readonly end: TarEnd;
  /** Bytes after the packed part, that no program unpacks. */
  readonly ignored: number;
}

export interface ReadOptions {
  /** What it is called in failures: `the layer 2 of etcd`. */
  readonly what: string;
  readonly signal: AbortSignal;
  readonly budget: Budget;
}

/**
 * Reads a tar archive, compressed or not, from begin to end without holding more of it than a piece. Nothing is written.
 * Errors: `usage` where it is no archive that can be read, unpacks to more than it may, or is compressed in a way that this Node has
 * nothing for; `aborted`. @throws system errors of opening; what `onEntry` throws.
 */
export async function readArchive(
  path: string,
  options: ReadOptions,
  onEntry: OnTarEntry,
): Promise<Result<ReadArchive, Failure>> {
  // To open a pipe would wait for whoever writes to it.
  const file = await open(path, constants.O_RDONLY | constants.O_NONBLOCK);
  try {
    if (!(await file.stat()).isFile()) return err(unreadable(options.what, 'It is no file.'));
    const source = file.createReadStream({ autoClose: false, highWaterMark: 256 * 1024 });
    return await readArchiveStream(counted(source, options.budget), options, onEntry);
  } catch (error) {
    if (error instanceof BadArchive) return err(unreadable(options.what, `${capital(error.message)}.`));
    throw error;
  } finally {
    await file.close();
  }
}

async function* counted(
  source: AsyncIterable<Buffer>,
  budget: Budget,
): AsyncGenerator<Buffer, void, undefined> {
  for await (const chunk of source) {
    budget.read(chunk.length);
    yield chunk;
  }
}

/** How many bytes its beginning is told by: gzip's header has a name in it. */
const startLength = 1024;

/**
 * The same of bytes that come from anywhere, such as another archive: the budget counts what comes out of them alone. Errors: those above, but for what is wrong with the archive itself.
 * @throws BadArchive
 */
export async function readArchiveStream(
  source: AsyncIterable<Uint8Array>,
  { what, signal, budget }: ReadOptions,
  onEntry: OnTarEntry,
): Promise<Result<ReadArchive, Failure>> {
  const { start, all } = await startOf(source, startLength);
  const compression = compressionOf(start);
  const decompress = isReadable(compression) ? decompressors[compression]?.() : undefined;
  if (!isReadable(compression) || decompress === undefined) {
    const newer = compression === 'zstd' ? ': Node 22.15 and later can' : '';
    const why = `It is compressed with ${compression}, which this Node cannot read${newer}.`;
    return err(unreadable(what, why));
  }
  const gzip = compression === 'gzip' ? readGzipHeader(start) : undefined;
  const packed = measure();
  const plain = measure((bytes) => budget.unpacked(bytes));
  let thrown: { readonly error: unknown } | undefined;
  const guarded: OnTarEntry = async (entry, content) => {
    try {
      budget.member();
      await onEntry(entry, content);
    } catch (error) {
      if (!(error instanceof BadArchive) && !isOfZlib(error)) thrown ??= { error };
      throw error;
    }
  };
  let end: TarEnd = { size: 0, isZero: true, comment: undefined };
  const walk = async (bytes: AsyncIterable<Uint8Array>): Promise<void> => {
    end = await walkTar(bytes, guarded);
  };
  try {
    await pipeline(Readable.from(all), packed.tap, decompress, plain.tap, walk, { signal });
  } catch (error) {
    if (signal.aborted) return err({ reason: 'aborted' });
    if (thrown !== undefined) throw thrown.error;
    if (isOfZlib(error)) throw new BadArchive(`its compression is damaged: ${error.message}`);
    throw error;
  }
  const used = compression === 'none' ? packed.size() : decompress.bytesWritten;
  return ok({
    compression,
    sha256: packed.digest(),
    size: packed.size(),
    plain: plain.digest(),
    unpacked: plain.size(),
    gzip,
    end,
    ignored: packed.size() - used,
  });
}

/** The first bytes, and all of them. */
async function startOf(
  source: AsyncIterable<Uint8Array>,
  length: number,
): Promise<{ readonly start: Buffer; readonly all: AsyncIterable<Uint8Array> }> {
  const iterator = source[Symbol.asyncIterator]();
  const first: Uint8Array[] = [];
  let size = 0;
  while (size < length) {
    const next = await iterator.next();
    if (next.done === true) break;
    first.push(next.value);
    size += next.value.length;
  }
  async function* all(): AsyncGenerator<Uint8Array, void, undefined> {
    yield* first;
    for (let next = await iterator.next(); next.done !== true; next = await iterator.next()) yield next.value;
  }
  return { start: Buffer.concat(first).subarray(0, length), all: all() };
}

type Decompressor = NodeJS.ReadWriteStream & { readonly bytesWritten: number };

/** Undefined where Node has none. */
const decompressors: Readonly<Record<Compression, (() => Decompressor) | undefined>> = {
  none: () =>
    Object.assign(new Transform({ transform: (chunk, _, done) => done(null, chunk) }), { bytesWritten: 0 }),
  gzip: () => zlib.createGunzip({ chunkSize: 128 * 1024 }),
  // Not in the types of Node 20.
  zstd: (zlib as unknown as { createZstdDecompress?: () => Decompressor }).createZstdDecompress,
};

function isReadable(compression: string): compression is Compression {
  return compression in decompressors;
}

/** By the first bytes: what names and media types say of a file is not always so, and `docker save` has none. */
export function compressionOf(start: Buffer): Compression | 'bzip2' | 'xz' | 'zip' {
  const magic = start.toString('hex', 0, 4);
  if (magic.startsWith('1f8b')) return 'gzip';
  if (magic === '28b52ffd') return 'zstd';
  if (magic.startsWith('425a68')) return 'bzip2';
  if (magic === '504b0304') return 'zip';
  return magic === 'fd377a58' ? 'xz' : 'none';
}

/** Hashes what passes. @param onBytes told of each piece; what it throws ends the reading. */
function measure(onBytes: (bytes: number) => void = () => {}) {
  const hash = createHash('sha256');
  let size = 0;
  const tap = new Transform({
    transform(chunk: Uint8Array, _, done) {
      try {
        onBytes(chunk.length);
      } catch (error) {
        done(error as Error);
        return;
      }
      hash.update(chunk);
      size += chunk.length;
      done(null, chunk);
    },
  });
  return { tap, size: () => size, digest: () => asDigest(hash.digest('hex')) };
}

function isOfZlib(error: unknown): error is Error {
  return error instanceof Error && 'code' in error && /^(Z_|ERR_ZLIB|ZSTD_)/.test(String(error.code));
}

function unreadable(what: string, why: string): Failure {
  return { reason: 'usage', message: `Cannot read ${what}.`, help: why };
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
