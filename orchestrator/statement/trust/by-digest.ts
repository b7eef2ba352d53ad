import { realpath } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { decodeUtf8 } from '../../core/diagnostic.ts';
import type { Failure } from '../../core/failure.ts';
import { isTransient } from '../../core/failure.ts';
import { countOf } from '../../core/numbers.ts';
import { err, ok, type Result } from '../../core/result.ts';
import { type Clock, tries, waitAfter } from '../../oci/registry/back-off.ts';
import { readText } from '../../tool/file/read-file.ts';
import type { Send } from '../../tool/http/http-client.ts';
import { readUrl, type UrlContent } from '../../tool/http/read-url.ts';
import { placeOfStatement } from '../place.ts';
import { isPredicateType } from '../predicates.ts';
import { mostOfBundle } from '../sign/bundle-shape.ts';
import { type Found, type LookUp, mostOfOne } from './found.ts';

/**
 * Reads a file below a rebuilder's folder or URL, as it lays statements out. Undefined where there is none, and then only.
 * Errors: those of a network: the place cannot be asked. @param path below it, without anything that leads out of it.
 */
export type ReadFile = (
  path: string,
  limit?: number,
) => Promise<
  Result<
    ({ readonly place: string } & ({ readonly text: string } | { readonly why: string })) | undefined,
    Failure
  >
>;

/** @param folder absolute, and no link on the way there. @param shown how output calls it. */
export function folderFile(folder: string, shown: string): ReadFile {
  return async (path, limit = mostOfBundle) => {
    const place = join(shown, path);
    // A link may lead to what another place says: then one would count for two.
    const within = dirname(join(folder, path));
    const real = await realpath(within).catch(() => within);
    if (real !== within) return ok({ place, why: 'lies behind a symbolic link' });
    const text = await readText(join(folder, path), { limit, refuseLink: true }, place);
    if (!text.ok) return ok({ place, why: text.error.message });
    return ok(text.value === undefined ? undefined : { place, text: text.value });
  };
}

export interface WebOptions {
  readonly send: Send;
  readonly clock: Clock;
  readonly signal: AbortSignal;
}

/** @param url what statements lie below; without a user and password. */
export function webFile(url: string, options: WebOptions): ReadFile {
  const below = new URL(url.endsWith('/') ? url : `${url}/`);
  return async (path, limit = mostOfBundle) => {
    const at = new URL(path.split('/').map(encodeURIComponent).join('/'), below);
    const read = await readPatiently(at, limit, options);
    if (!read.ok || 'absent' in read.value) return read.ok ? ok(undefined) : read;
    const place = `${at.origin}${at.pathname}`;
    if ('why' in read.value) return ok({ place, why: read.value.why });
    const text = decodeUtf8(read.value.bytes, place);
    return ok(text.ok ? { place, text: text.value } : { place, why: text.error.message });
  };
}

/** What only the network is at fault for is tried again. */
async function readPatiently(
  url: URL,
  limit: number,
  { send, clock, signal }: WebOptions,
): Promise<Result<UrlContent, Failure>> {
  for (let attempt = 1; ; attempt++) {
    const read = await readUrl(url, { send, signal, limit, mayFollow });
    if (read.ok || attempt === tries || !isTransient(read.error)) return read;
    const told = read.error.reason === 'rate-limited' ? (read.error.seconds ?? 0) * 1000 : undefined;
    await clock.wait(waitAfter(attempt, told, clock.random()), signal);
    if (signal.aborted) return err({ reason: 'aborted' });
  }
}

/** What is looked for, and by whom, is nobody's business on the way. */
function mayFollow(from: URL, to: URL): string | undefined {
  return from.protocol === 'https:' && to.protocol === 'http:' ? 'and out of TLS' : undefined;
}

/**
 * Looks by digest: `sha256/<hex>/equivalence.sigstore.json`, and on from there (`placeOfStatement`). What is not signed is looked for where nothing
 * signed is there: to say so.
 */
export function lookByDigest(read: ReadFile): LookUp {
  return async (subject, types) => {
    const found: Found[] = [];
    for (const type of types.filter(isPredicateType)) {
      for (const isSigned of [true, false]) {
        const before = found.length;
        let last: string | undefined;
        for (let at = 1; ; at++) {
          const file = await read(placeOfStatement(subject, type, isSigned, at));
          if (!file.ok) return file;
          if (file.value === undefined) break;
          // A folder that cannot be read says so of each name that one asks for, and some servers have one page for all.
          const said = 'text' in file.value ? file.value.text : file.value.why;
          if (said === last) break;
          last = said;
          if (at > mostOfOne) return err(tooMany(file.value.place));
          found.push('text' in file.value ? { ...file.value, isSigned } : file.value);
        }
        if (found.length > before) break;
      }
    }
    return ok(found);
  };
}

function tooMany(place: string): Failure {
  const what = `looking for statements as far as ${place}`;
  const detail = `more than ${countOf(mostOfOne, 'statement')} of one type about the same bytes`;
  return { reason: 'fetch-failed', what, detail, help: 'Name a place that has fewer.' };
}
