import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { open } from 'node:fs/promises';
import { Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import * as zlib from 'node:zlib';
import { asDigest, type Digest } from '../../core/digest.ts';
import type { Failure } from '../../core/failure.ts';
import { err, ok, type Result } from '../../core/result.ts';
import { BadArchive, type OnTarEntry, walkTar } from '../../tool/tar/tar-stream.ts';

type Compression = 'none' | 'gzip' | 'zstd';

/** What was learned of a layer while it was read. */
export interface ReadLayer {
  readonly compression: Compression;
  /** Of the file as it is. */
  readonly sha256: Digest;
  /** Bytes of the file as it is. */
  readonly size: number;
  /** Of the tar archive in it. */
  readonly diffId: Digest;
}

/**
 * Reads an image layer, compressed or not, from begin to end without holding more of it than a piece.
 * @param name what it is called in failures.
 * Errors: `usage` where it is no archive that can be read, or is compressed in a way that this Node has nothing for;
 * `aborted`. @throws system errors of opening; what `onEntry` throws.
 */
export async function readLayer(
  path: string,
  { name, signal }: { readonly name: string; readonly signal: AbortSignal },
  onEntry: OnTarEntry,
): Promise<Result<ReadLayer, Failure>> {
  const compression = await compressionOf(path);
  const decompress = isReadable(compression) ? decompressors[compression]?.() : undefined;
  if (!isReadable(compression) || decompress === undefined) {
    const newer = compression === 'zstd' ? ': Node 22.15 and later can' : '';
    return err(
      unreadable(name, `It is compressed with ${compression}, which this Node cannot read${newer}.`),
    );
  }
  const [packed, plain] = [measure(), measure()];
  let thrown: { readonly error: unknown } | undefined;
  const guarded: OnTarEntry = async (entry, content) => {
    try {
      await onEntry(entry, content);
    } catch (error) {
      if (!(error instanceof BadArchive) && !isOfZlib(error)) thrown ??= { error };
      throw error;
    }
  };
  try {
    const source = createReadStream(path, { highWaterMark: 256 * 1024 });
    await pipeline(source, packed.tap, decompress, plain.tap, (bytes) => walkTar(bytes, guarded), { signal });
  } catch (error) {
    if (signal.aborted) return err({ reason: 'aborted' });
    if (thrown !== undefined) throw thrown.error;
    if (error instanceof BadArchive) return err(unreadable(name, `${capital(error.message)}.`));
    if (isOfZlib(error)) return err(unreadable(name, `Its compression is damaged: ${error.message}.`));
    throw error;
  }
  return ok({ compression, sha256: packed.digest(), size: packed.size(), diffId: plain.digest() });
}

type Decompressor = () => NodeJS.ReadWriteStream;

/** Undefined where Node has none. */
const decompressors: Readonly<Record<Compression, Decompressor | undefined>> = {
  none: () => new Transform({ transform: (chunk, _, done) => done(null, chunk) }),
  gzip: () => zlib.createGunzip(),
  // Not in the types of Node 20.
  zstd: (zlib as unknown as { createZstdDecompress?: Decompressor }).createZstdDecompress,
};

function isReadable(compression: string): compression is Compression {
  return compression in decompressors;
}

/** By the first bytes of the file: what media types say of it is not always so, and `docker save` has none. */
async function compressionOf(path: string): Promise<Compression | 'bzip2' | 'xz'> {
  const file = await open(path);
  try {
    const { buffer } = await file.read(Buffer.alloc(4), 0, 4, 0);
    const magic = buffer.toString('hex');
    if (magic.startsWith('1f8b')) return 'gzip';
    if (magic === '28b52ffd') return 'zstd';
    if (magic.startsWith('425a68')) return 'bzip2';
    return magic === 'fd377a58' ? 'xz' : 'none';
  } finally {
    await file.close();
  }
}

function measure() {
  const hash = createHash('sha256');
  let size = 0;
  const tap = new Transform({
    transform(chunk: Uint8Array, _, done) {
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

function unreadable(name: string, why: string): Failure {
  return { reason: 'usage', message: `Cannot read the layer ${name}.`, help: why };
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
