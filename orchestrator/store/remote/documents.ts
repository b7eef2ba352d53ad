import { type Digest, digestOf } from '../../core/digest.ts';
import type { Failure } from '../../core/failure.ts';
import { err, ok, type Result } from '../../core/result.ts';
import { decoded, encode, gathered, Unreadable } from './codec.ts';
import { documentObject } from './object-names.ts';
import type { RemotePlace } from './place.ts';

/** Bytes of the longest document: a graph of ten thousand nodes has some ten million. */
const mostOfDocument = 2 ** 28;

/**
 * Puts a text that machines tell one another, under its digest. One that is there is given the present time, so that gc leaves it; where
 * it has other bytes, it is replaced: else nobody who asks for the same could ever be served.
 */
export async function putDocument(place: RemotePlace, text: string): Promise<Result<Digest, Failure>> {
  const digest = digestOf(text);
  const name = documentObject(digest);
  const body = await encode(Buffer.from(text));
  const put = await place.put(name, body, 'absent');
  if (!put.ok || put.value === 'written') return put.ok ? ok(digest) : put;
  const there = await readDocument(place, digest);
  if (!there.ok && there.error.reason !== 'store-damaged') return there;
  const renewed = there.ok ? await place.renew(name) : await place.put(name, body, 'always');
  return renewed.ok ? ok(digest) : renewed;
}

/** Reads it back. Errors: `store-damaged` where it is missing or is not what it is called; those of the place. */
export async function readDocument(place: RemotePlace, digest: Digest): Promise<Result<string, Failure>> {
  const name = documentObject(digest);
  const damaged = (detail: string): Result<never, Failure> =>
    err({ reason: 'store-damaged', path: `${place.shown}/${name}`, detail });
  try {
    const bytes = await place.read(name, ({ body }) => gathered(decoded(body, mostOfDocument)));
    if (!bytes.ok) return bytes;
    if (bytes.value === undefined) return damaged('is missing');
    return digestOf(bytes.value) === digest ? ok(bytes.value.toString('utf8')) : damaged('has other bytes');
  } catch (error) {
    if (error instanceof Unreadable) return damaged(error.message);
    throw error;
  }
}
