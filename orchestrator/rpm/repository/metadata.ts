import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { readFile, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { type Digest, digestOf } from '../../core/digest.ts';
import type { Failure } from '../../core/failure.ts';
import { countOf } from '../../core/numbers.ts';
import { err, ok, type Result } from '../../core/result.ts';
import { download, fileNameOf } from '../../tool/http/download.ts';
import type { Send } from '../../tool/http/http-client.ts';
import { mirrorUrl } from '../../tool/http/mirrors.ts';

/** What reading repositories needs of the machine. */
export interface MetadataSite {
  /** Where metadata is kept, by SHA-256. Absolute. */
  readonly folder: string;
  /** From the settings: what URLs begin with, and what is read instead. */
  readonly mirrors: Readonly<Record<string, string>>;
  readonly send: Send;
  readonly signal: AbortSignal;
  /** Told of each piece that comes: its bytes. */
  readonly onBytes?: ((bytes: number) => void) | undefined;
}

/** Bytes: mirror lists and `repomd.xml` have some thousands. */
const smallLimit = 8 * 1024 ** 2;

/** Bytes: the longest list there is, `primary` of Amazon Linux 2, has less than a tenth of that. */
const metadataLimit = 1024 ** 3;

/**
 * Fetches a short text that may be another one tomorrow, so it is not kept.
 * @param url where its distribution has it; it is read from its mirror.
 * Errors: those of `download`.
 */
export async function fetchText(
  url: string,
  site: MetadataSite,
): Promise<Result<{ readonly text: string; readonly sha256: Digest }, Failure>> {
  const from = mirrorUrl(url, site.mirrors);
  const got = await download(from, site.folder, { ...site, limit: smallLimit });
  if (!got.ok) return got;
  const content = await readFile(got.value.path);
  await rm(dirname(got.value.path), { recursive: true, force: true });
  return ok({ text: content.toString('utf8'), sha256: digestOf(content) });
}

/**
 * The path of a file whose SHA-256 is known: as it was kept, or fetched.
 * Errors: those of `download`; `digest-mismatch`.
 */
export async function fetchPinned(
  url: string,
  sha256: Digest,
  site: MetadataSite,
): Promise<Result<string, Failure>> {
  const kept = join(site.folder, sha256, fileNameOf(url) ?? 'none');
  if ((await digestOfFile(kept)) === sha256) return ok(kept);
  const from = mirrorUrl(url, site.mirrors);
  const got = await download(from, site.folder, { ...site, limit: metadataLimit });
  if (!got.ok) return got;
  if (got.value.sha256 === sha256) return ok(got.value.path);
  await rm(dirname(got.value.path), { recursive: true, force: true });
  return err({ reason: 'digest-mismatch', what: from, expected: sha256, found: got.value.sha256 });
}

/** SHA-256 of a file; undefined where there is none. */
async function digestOfFile(path: string): Promise<string | undefined> {
  const hash = createHash('sha256');
  try {
    for await (const chunk of createReadStream(path)) hash.update(chunk);
    return hash.digest('hex');
  } catch {
    return undefined;
  }
}

/** Bytes read at once: enough that a step costs little. */
const chunkSize = 1024 ** 2;

/** What is wrong with a list, in words, as the end of a sentence about it. */
export class BadMetadata extends Error {}

/** Bytes: unpacked, the longest has less than a fourth of that. Packed, a thousandth of it may stand for it. */
const unpackedLimit = 4 * 1024 ** 3;

/**
 * The content of a metadata file, unpacked as its name says (`.gz`, or none). Undefined for another packing.
 * @param size unpacked, where the repository says it: there is no more then. @throws BadMetadata, where what is packed is damaged or
 * more than it may be.
 */
export function openMetadata(
  path: string,
  size = unpackedLimit,
): AsyncGenerator<Uint8Array, void> | undefined {
  const isPacked = path.endsWith('.gz');
  if (!isPacked && !path.endsWith('.xml')) return undefined;
  const file = createReadStream(path, { highWaterMark: chunkSize });
  if (!isPacked) return bounded(file, file, size);
  const content = createGunzip({ chunkSize });
  file.on('error', (error) => content.destroy(error));
  return bounded(file, file.pipe(content), size);
}

async function* bounded(file: Readable, content: Readable, size: number): AsyncGenerator<Uint8Array, void> {
  const limit = Math.min(size, unpackedLimit);
  let read = 0;
  try {
    for await (const chunk of content as AsyncIterable<Uint8Array>) {
      read += chunk.length;
      if (read > limit) throw new BadMetadata(`unpacked, it has more than ${countOf(limit, 'byte')}`);
      yield chunk;
    }
  } catch (error) {
    const isDamage = error instanceof Error && 'code' in error && String(error.code).startsWith('Z_');
    throw isDamage ? new BadMetadata(error.message) : error;
  } finally {
    file.destroy();
  }
}
