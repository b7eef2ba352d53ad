import { createHash } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { mkdtemp, rename, rm } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { defined } from '../../core/defined.ts';
import { asDigest, type Digest } from '../../core/digest.ts';
import type { Failure } from '../../core/failure.ts';
import { untrustedCertificate } from '../../core/network-words.ts';
import { countOf } from '../../core/numbers.ts';
import { err, ok, type Result } from '../../core/result.ts';
import { ensureFolder } from '../file/ensure-folder.ts';
import { absentStatuses, mayPass, parseRetryAfter, untrustedCode, wordsOf } from './answer.ts';
import type { HttpAnswer, Send } from './http-client.ts';

export interface Download {
  /** `<folder>/<sha256>/<last part of the URL>`. Absolute. */
  readonly path: string;
  readonly sha256: Digest;
  /** Bytes. */
  readonly size: number;
  /** How the server says that it packed the file on its way, though it was asked not to; nothing was unpacked. */
  readonly encoding?: string;
}

const mirrors = '"mirrors" in the settings may name another place to read from.';

/** Bytes: the largest file of a release, its server archive, has less than a quarter of that. */
const downloadLimit = 2 * 1024 ** 3;

export interface DownloadOptions {
  readonly send: Send;
  readonly signal: AbortSignal;
  /** Bytes. */
  readonly limit?: number;
  /** What the file is called; by default as the last part of the URL, which then has to be one. */
  readonly name?: string;
  /** By which setting it can be had from elsewhere: a sentence. */
  readonly elsewhere?: string;
  /** Told of each piece that comes: its bytes. */
  readonly onBytes?: ((bytes: number) => void) | undefined;
  readonly mayFollow?: MayFollow | undefined;
  /** Of whoever asks what is there, whatever that is. By default an empty answer is none: who is ill answers so. */
  readonly mayBeEmpty?: true | undefined;
}

/** Why a redirect is not followed, what follows `it leads to b.example, `. Undefined where it is. */
export type MayFollow = (from: URL, to: URL) => string | undefined;

/**
 * Fetches a file by http or https into a folder, named by its SHA-256. It comes into its place by one rename.
 * Errors: `network`, `rate-limited`; `source-unavailable` where nobody has it, or not for this user; `fetch-failed` where the answer
 * is no file, or one larger than the limit; `usage` where the URL is none, or its certificate is not trusted; `aborted`.
 * @throws system errors of writing.
 */
export async function download(
  url: string,
  folder: string,
  {
    send,
    signal,
    limit = downloadLimit,
    elsewhere = mirrors,
    onBytes,
    mayFollow,
    mayBeEmpty,
    ...given
  }: DownloadOptions,
): Promise<Result<Download, Failure>> {
  const isUrl = URL.canParse(url) && isHttp(new URL(url));
  const name = isUrl && given.name !== undefined ? given.name : fileNameOf(url);
  if (name === undefined) {
    const message = `Cannot fetch ${shownUrl(url)}.`;
    return err({ reason: 'usage', message, help: 'It is no http or https URL of a file.' });
  }
  ensureFolder(folder);
  const scratch = await mkdtemp(join(folder, 'download-'));
  try {
    const got = await receive(url, join(scratch, name), {
      ...{ send, signal, limit, elsewhere, onBytes, mayFollow, mayBeEmpty },
    });
    if (!got.ok) return got;
    const place = join(folder, got.value.sha256);
    ensureFolder(place);
    await rename(join(scratch, name), join(place, name));
    return ok({ path: join(place, name), ...got.value });
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
}

type Received = Omit<Download, 'path'>;

async function receive(
  url: string,
  path: string,
  {
    send,
    signal,
    limit,
    elsewhere,
    onBytes,
    mayFollow,
    mayBeEmpty,
  }: Required<Omit<DownloadOptions, 'onBytes' | 'mayFollow' | 'mayBeEmpty' | 'name'>> &
    Pick<DownloadOptions, 'onBytes' | 'mayFollow' | 'mayBeEmpty'>,
): Promise<Result<Received, Failure>> {
  const hash = createHash('sha256');
  const what = `fetching ${shownUrl(url)}`;
  const failed = (detail: string): Failure => ({ reason: 'fetch-failed', what, detail, help: elsewhere });
  const tooLarge = failed(`it has more than ${countOf(limit, 'byte')}`);
  let size = 0;
  const measure = new Transform({
    transform(chunk: Uint8Array, _, done) {
      size += chunk.length;
      hash.update(chunk);
      onBytes?.(chunk.length);
      done(size > limit ? new Error('too large') : null, chunk);
    },
  });
  try {
    const asked = await ask(new URL(url), send, signal, 'GET', mayFollow);
    if (!asked.ok) return err(failed(asked.error));
    const { status, headers, body } = asked.value;
    // All of it was asked for: a part of it (206), or nothing (204), is no answer to that.
    if (status !== 200) {
      body.destroy();
      return err(
        refusalOf(url, what, status, headers['retry-after']) ?? failed(`the server answered ${status}`),
      );
    }
    if (Number(headers['content-length']) > limit) {
      body.destroy();
      return err(tooLarge);
    }
    await pipeline(body, measure, createWriteStream(path), { signal });
    if (size === 0 && mayBeEmpty !== true) return err(failed('the answer is empty'));
    const encoding = headers['content-encoding'];
    return ok({ sha256: asDigest(hash.digest('hex')), size, ...defined({ encoding }) });
  } catch (error) {
    if (signal.aborted) return err({ reason: 'aborted' });
    if (size > limit) return err(tooLarge);
    if (isSystemError(error) && error.path !== undefined) throw error;
    const detail = wordsOf(error);
    const untrusted = untrustedCode(error);
    if (untrusted !== undefined)
      return err(untrustedCertificate(new URL(url).host, what, `${detail} (${untrusted})`));
    return err({ reason: 'network', what, detail, help: elsewhere });
  }
}

/** What an answer means that says why it is none; undefined where it does not. */
export function refusalOf(
  url: string,
  what: string,
  status: number,
  retryAfter: string | undefined,
): Failure | undefined {
  const detail = `the server answered ${status}`;
  if (status === 429) {
    const wait = parseRetryAfter(retryAfter, Date.now());
    const seconds = wait === undefined ? undefined : wait / 1000;
    return { reason: 'rate-limited', what, by: new URL(url).host, seconds, detail };
  }
  if (mayPass(status)) return { reason: 'network', what, detail };
  if (!absentStatuses.has(status)) return undefined;
  const place = shownUrl(url);
  return { reason: 'source-unavailable', repository: place, wanted: fileNameOf(url) ?? 'the file', detail };
}

/** Redirects in a row that are followed: as many as node's fetch does (https://fetch.spec.whatwg.org/#http-redirect-fetch). */
const mostRedirects = 20;

/** The first answer that is no redirect. Errors: why redirects lead nowhere. @throws what `send` throws. */
export async function ask(
  url: URL,
  send: Send,
  signal: AbortSignal,
  method: 'GET' | 'HEAD' = 'GET',
  mayFollow?: MayFollow,
): Promise<Result<HttpAnswer, string>> {
  let at = url;
  for (let redirects = 0; redirects <= mostRedirects; redirects++) {
    const answer = await send({ method, url: at, headers: { 'accept-encoding': 'identity' }, signal });
    const { location } = answer.headers;
    if (![301, 302, 303, 307, 308].includes(answer.status) || location === undefined) return ok(answer);
    answer.body.destroy();
    const next = URL.canParse(location, at.href) ? new URL(location, at) : undefined;
    if (next === undefined || !isHttp(next)) return err('it leads to what is no http or https URL');
    const why = mayFollow?.(at, next);
    if (why !== undefined) return err(`it leads to ${next.host}, ${why}`);
    at = next;
  }
  return err(`it leads on more than ${countOf(mostRedirects, 'time')}`);
}

/** The last part of an http or https URL's path; undefined where there is none that can be a file's name. */
export function fileNameOf(url: string): string | undefined {
  if (!URL.canParse(url) || !isHttp(new URL(url))) return undefined;
  const name = decoded(basename(new URL(url).pathname));
  // Versions of packages have "~" and "^", which URLs may have encoded.
  return /^[A-Za-z0-9][A-Za-z0-9._+~^-]*$/.test(name) ? name : undefined;
}

function isHttp({ protocol }: URL): boolean {
  return protocol === 'http:' || protocol === 'https:';
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/** Without a user's name and password. */
function shownUrl(text: string): string {
  if (!URL.canParse(text)) return text;
  const url = new URL(text);
  if (url.username === '' && url.password === '') return text;
  url.username = '';
  url.password = '';
  return url.href;
}

/** Of a file: those of sockets have no path. */
function isSystemError(error: unknown): error is NodeJS.ErrnoException {
  return error instanceof Error && 'code' in error && 'path' in error;
}
