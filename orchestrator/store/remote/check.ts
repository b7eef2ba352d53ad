import { createHash } from 'node:crypto';
import pLimit from 'p-limit';
import { isDigest } from '../../core/digest.ts';
import type { Failure } from '../../core/failure.ts';
import { ok, type Result } from '../../core/result.ts';
import type { Chunk } from './chunks.ts';
import { decoded, gathered } from './codec.ts';
import { readDocument as readText } from './documents.ts';
import { baseOf, chunkObject, kinds, treeObject } from './object-names.ts';
import type { RemotePlace } from './place.ts';
import { decodeSealed, decodeShared, mostOfResult } from './result-object.ts';
import { readDocument, reading } from './take-tree.ts';

/** What was looked at in a shared store, and what is not as it was written: the latter is gone where it could be removed. */
export interface RemoteCheckReport {
  readonly results: number;
  readonly trees: number;
  readonly chunks: number;
  readonly bytes: number;
  readonly damaged: readonly { readonly name: string; readonly why: string }[];
  /** Why what is damaged could not be removed. */
  readonly stays: Failure | undefined;
}

const readsAtOnce = 8;

/**
 * Reads everything in a shared store and hashes it: chunks by the files that trees say are in them, trees and documents by their names,
 * results by their keys. What is damaged goes, with what points at it, so that who needs it makes and brings it again. Errors: those of the place.
 */
export async function checkRemote(
  place: RemotePlace,
  mayWrite: boolean,
): Promise<Result<RemoteCheckReport, Failure>> {
  const damaged = new Map<string, string>();
  let bytes = 0;
  const reader = {
    place,
    onBad: (name: string, why: string) => damaged.set(name, why),
    onCame: (count: number) => {
      bytes += count;
    },
  };
  const limit = pLimit(readsAtOnce);
  const chunks = new Map<string, Chunk>();
  const trees = new Map<string, readonly string[]>();
  const failures: Failure[] = [];
  const each = async (
    names: Iterable<string>,
    look: (name: string) => Promise<Result<unknown, Failure>>,
  ): Promise<Result<void, Failure>> => {
    const all = [...names].map((name) =>
      limit(async () => {
        if (failures.length > 0) return;
        const looked = await look(name);
        // What is damaged was told.
        if (!looked.ok && looked.error.reason !== 'store-damaged') failures.push(looked.error);
      }),
    );
    await Promise.all(all);
    const [first] = failures;
    return first === undefined ? ok(undefined) : { ok: false, error: first };
  };

  const [results, documents] = [await place.list(kinds.results), await place.list(kinds.trees)];
  if (!results.ok) return results;
  if (!documents.ok) return documents;
  const texts = await place.list(kinds.documents);
  if (!texts.ok) return texts;
  const read = await each(texts.value.keys(), async (name) => {
    const digest = baseOf(name);
    if (!isDigest(digest)) return ok(undefined);
    const text = await readText(place, digest);
    if (!text.ok && text.error.reason === 'store-damaged') damaged.set(name, text.error.detail);
    return text;
  });
  if (!read.ok) return read;
  const looked = await each(documents.value.keys(), async (name) => {
    const document = await readDocument(reader, baseOf(name));
    if (!document.ok) return document;
    trees.set(
      name,
      document.value.chunks.map((chunk) => chunkObject(chunk.name)),
    );
    for (const chunk of document.value.chunks) chunks.set(chunkObject(chunk.name), chunk);
    return document;
  });
  if (!looked.ok) return looked;
  const hashed = await each(chunks.keys(), async (name) => {
    const chunk = chunks.get(name);
    if (chunk === undefined) return ok(undefined);
    const looked = await reading(reader, name, async ({ body }) => ({
      why: await whyOther(decoded(body, chunk.size), chunk),
    }));
    if (looked.ok && looked.value.why !== undefined) damaged.set(name, looked.value.why);
    return looked;
  });
  if (!hashed.ok) return hashed;
  for (const [name, parts] of trees)
    if (parts.some((part) => damaged.has(part))) damaged.set(name, 'has a damaged chunk');
  const named = await each(results.value.keys(), async (name) => {
    const text = await reading(reader, name, ({ body }) => gathered(decoded(body, mostOfResult)));
    if (!text.ok) return text;
    const [key = '', signer] = baseOf(name).split('.');
    const whole = text.value.toString('utf8');
    const plain = signer === undefined ? whole : decodeSealed(whole)?.text;
    const shared = plain !== undefined && isDigest(key) ? decodeShared(plain, key) : undefined;
    if (shared === undefined) damaged.set(name, 'is not what is written under such a name');
    else {
      const tree = treeObject(shared.reference);
      if (!trees.has(tree) || damaged.has(tree)) damaged.set(name, 'names a tree that is missing or damaged');
    }
    return text;
  });
  if (!named.ok) return named;
  // What points goes first.
  const order = [kinds.results, kinds.trees, kinds.chunks, kinds.documents];
  const going = order.flatMap((kind) => [...damaged.keys()].filter((name) => name.startsWith(kind)));
  const removed = mayWrite ? await place.remove(going) : ok(undefined);
  return ok({
    ...{ results: results.value.size, trees: documents.value.size, chunks: chunks.size, bytes },
    damaged: going.map((name) => ({ name, why: damaged.get(name) ?? '' })),
    stays: removed.ok ? undefined : removed.error,
  });
}

/** Why these are not the bytes of a chunk's files; undefined where they are. */
async function whyOther(bytes: AsyncIterable<Uint8Array>, { files }: Chunk): Promise<string | undefined> {
  let at = 0;
  let left = files[0]?.size ?? 0;
  let hash = createHash('sha256');
  /** Ends each file that has all its bytes. False where one has others. */
  const ended = (): boolean => {
    for (; left === 0 && at < files.length; left = files[at]?.size ?? 0) {
      if (hash.digest('hex') !== files[at]?.sha256) return false;
      hash = createHash('sha256');
      at += 1;
    }
    return true;
  };
  if (!ended()) return 'has other bytes';
  for await (let chunk of bytes) {
    while (chunk.length > 0) {
      const part = chunk.subarray(0, left);
      if (part.length === 0) return 'has other bytes';
      hash.update(part);
      left -= part.length;
      chunk = chunk.subarray(part.length);
      if (!ended()) return 'has other bytes';
    }
  }
  return at === files.length ? undefined : 'has other bytes';
}
