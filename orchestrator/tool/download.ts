import { createHash } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { mkdir, mkdtemp, rename, rm } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { asDigest, type Digest } from '../core/digest.ts';
import type { Failure } from '../core/failure.ts';
import { err, ok, type Result } from '../core/result.ts';

export interface Download {
  /** `<folder>/<sha256>/<last part of the URL>`. Absolute. */
  readonly path: string;
  readonly sha256: Digest;
  /** Bytes. */
  readonly size: number;
}

/** Bytes: the largest file of a release, its server archive, has less than a quarter of that. */
const downloadLimit = 2 * 1024 ** 3;

/**
 * Fetches a file by http or https into a folder, named by its SHA-256. It comes into its place by one rename.
 * Errors: `network`; `usage` where the URL is none or the answer is no file, or one larger than the limit; `aborted`.
 * @throws system errors of writing.
 */
export async function download(
  url: string,
  folder: string,
  { signal, limit = downloadLimit }: { readonly signal: AbortSignal; readonly limit?: number },
): Promise<Result<Download, Failure>> {
  const name = nameOf(url);
  if (name === undefined) return err(refused(url, 'It is no http or https URL of a file'));
  await mkdir(folder, { recursive: true });
  const scratch = await mkdtemp(join(folder, 'download-'));
  try {
    const got = await receive(url, join(scratch, name), limit, signal);
    if (!got.ok) return got;
    const place = join(folder, got.value.sha256);
    await mkdir(place, { recursive: true });
    await rename(join(scratch, name), join(place, name));
    return ok({ path: join(place, name), ...got.value });
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
}

type Received = Pick<Download, 'sha256' | 'size'>;

async function receive(
  url: string,
  path: string,
  limit: number,
  signal: AbortSignal,
): Promise<Result<Received, Failure>> {
  const hash = createHash('sha256');
  const tooLarge = refused(url, `It has more than ${limit} bytes`);
  let size = 0;
  const measure = new Transform({
    transform(chunk: Uint8Array, _, done) {
      size += chunk.length;
      hash.update(chunk);
      done(size > limit ? new Error('too large') : null, chunk);
    },
  });
  try {
    const response = await fetch(url, { signal });
    if (response.status >= 500 || response.status === 429) {
      await response.body?.cancel();
      return err(networkFailure(url, `the server answered ${response.status}`));
    }
    if (!response.ok || response.body === null) {
      await response.body?.cancel();
      return err(refused(url, `The server answered ${response.status}`));
    }
    if (Number(response.headers.get('content-length')) > limit) {
      await response.body.cancel();
      return err(tooLarge);
    }
    await pipeline(response.body, measure, createWriteStream(path), { signal });
    return ok({ sha256: asDigest(hash.digest('hex')), size });
  } catch (error) {
    if (signal.aborted) return err({ reason: 'aborted' });
    if (size > limit) return err(tooLarge);
    if (isSystemError(error) && error.path !== undefined) throw error;
    const cause = error instanceof Error ? (error.cause ?? error) : error;
    return err(networkFailure(url, cause instanceof Error ? cause.message : String(cause)));
  }
}

/** The last part of the URL's path; undefined where there is none that can be a file's name. */
function nameOf(url: string): string | undefined {
  if (!URL.canParse(url)) return undefined;
  const { protocol, pathname } = new URL(url);
  if (protocol !== 'http:' && protocol !== 'https:') return undefined;
  const name = basename(pathname);
  return /^[A-Za-z0-9][A-Za-z0-9._+-]*$/.test(name) ? name : undefined;
}

function refused(url: string, why: string): Failure {
  return { reason: 'usage', message: `Cannot fetch ${url}.`, help: `${why}.` };
}

function networkFailure(url: string, detail: string): Failure {
  return { reason: 'network', what: `fetching ${url}`, detail };
}

/** Of a file: those of sockets have no path. */
function isSystemError(error: unknown): error is NodeJS.ErrnoException {
  return error instanceof Error && 'code' in error && 'path' in error;
}
