import pLimit from 'p-limit';
import { canonicalJson } from '../../core/canonical-json.ts';
import { isDigest } from '../../core/digest.ts';
import type { Failure } from '../../core/failure.ts';
import { ok, type Result } from '../../core/result.ts';
import { decoded, encode, gathered, Unreadable } from './codec.ts';
import { leasedSince, takeLease } from './lease.ts';
import { baseOf, kinds } from './object-names.ts';
import type { ObjectFacts, RemotePlace } from './place.ts';
import { decodeSealed, decodeShared, mostOfResult } from './result-object.ts';
import { mostOfDocument } from './take-tree.ts';
import { chunkNames, mostOfChunks, type TreeReference } from './tree-document.ts';
import { renewAfter } from './uploads.ts';

/** What gc took away, and left. */
export interface RemoteGcReport {
  readonly results: number;
  readonly trees: number;
  readonly chunks: number;
  readonly documents: number;
  /** What was begun and never ended. */
  readonly leftovers: number;
  readonly freed: number;
  readonly kept: number;
  /** Trees that nothing names any more, and that go when those who had looked up what named them have had their time. */
  readonly waiting: number;
}

export interface RemoteGcOptions {
  /** Days for which what was not used is kept. */
  readonly keepDays: number;
  readonly now: () => number;
  readonly random: () => number;
}

const dayMilliseconds = 86_400_000;

/**
 * Milliseconds between the end of a result and that of its tree: who looked the result up just before has that long to fetch it. Two
 * machines' clocks differ less.
 */
const grace = dayMilliseconds;

const readsAtOnce = 16;

type Objects = ReadonlyMap<string, ObjectFacts>;

/**
 * Makes room in a shared store beside those who use it. Who uses an object that is older than a day renews it, so that what is older than
 * the limit was used by nobody since; of those who write, their leases say since when nothing may go. Results go first, and what they
 * alone named is kept for a day, since who only reads leaves no sign. What somebody comes to need in the moment between the last look and
 * the deed is missing then: it counts as not there, and is made and brought again.
 * Errors: those of the place.
 */
export async function collectRemote(
  place: RemotePlace,
  { keepDays, now, random }: RemoteGcOptions,
): Promise<Result<RemoteGcReport, Failure>> {
  const lease = await takeLease(place, { now, random });
  try {
    const leases = await place.list(kinds.leases);
    if (!leases.ok) return leases;
    // By the place's own clock, which all times are of.
    const time = leases.value.get(lease.name)?.time ?? now();
    const others = [...leases.value].filter(([name]) => name !== lease.name);
    const since = others.map(([name, facts]) => leasedSince(name, facts, time));
    const inUse = since.map((taken) => (taken ?? time) - (taken === undefined ? 0 : renewAfter));
    const limit = Math.min(time - keepDays * dayMilliseconds, ...inUse);
    const dead = others.filter((_, at) => since[at] === undefined).map(([name]) => name);
    const released = await place.remove(dead);
    if (!released.ok) return released;
    const leftovers = await place.sweep(time - dayMilliseconds);
    if (!leftovers.ok) return leftovers;

    const results = await place.list(kinds.results);
    if (!results.ok) return results;
    const reader = readerOf(place);
    const references = await reader.references([...results.value.keys()]);
    if (!references.ok) return references;
    const isOld = ({ time }: ObjectFacts) => time < limit;
    const going = [...results.value].filter(
      ([name, facts]) => isOld(facts) || references.value.get(name) === undefined,
    );
    const gone = new Set(going.map(([name]) => name));
    const lost = going.flatMap(([name]) => references.value.get(name) ?? []);
    const swept = await writeSwept(place, time, lost);
    if (!swept.ok) return swept;
    const removed = await place.remove([...gone]);
    if (!removed.ok) return removed;

    const named = new Set(
      [...references.value].flatMap(([name, tree]) => (gone.has(name) ? [] : (tree ?? []))),
    );
    const resting = await restingTrees(place, time);
    if (!resting.ok) return resting;
    const trees = await place.list(kinds.trees);
    if (!trees.ok) return trees;
    const unnamed = [...trees.value].filter(([name]) => !named.has(baseOf(name)));
    const loose = unnamed.filter(
      ([name, facts]) => isLoose(facts, limit, time) && !resting.value.has(baseOf(name)),
    );
    const dropped = await dropNow(place, loose);
    if (!dropped.ok) return dropped;

    const left = [...trees.value.keys()].filter((name) => !dropped.value.has(name));
    const needed = await reader.chunks(left);
    if (!needed.ok) return needed;
    const chunks = await place.list(kinds.chunks);
    if (!chunks.ok) return chunks;
    const unneeded = [...chunks.value].filter(
      ([name, facts]) => !needed.value.has(baseOf(name)) && isLoose(facts, limit, time),
    );
    const droppedChunks = await dropNow(place, unneeded);
    if (!droppedChunks.ok) return droppedChunks;
    const documents = await place.list(kinds.documents);
    if (!documents.ok) return documents;
    const droppedDocuments = await dropNow(
      place,
      [...documents.value].filter(([, facts]) => isOld(facts)),
    );
    if (!droppedDocuments.ok) return droppedDocuments;

    const all = [results.value, trees.value, chunks.value, documents.value];
    const freed =
      sizeOf(going) +
      [dropped, droppedChunks, droppedDocuments].reduce((sum, { value }) => sum + sizeOf(value), 0);
    return ok({
      results: gone.size,
      trees: dropped.value.size,
      chunks: droppedChunks.value.size,
      documents: droppedDocuments.value.size,
      leftovers: leftovers.value,
      freed,
      kept: all.reduce((sum, objects) => sum + sizeOf(objects), 0) - freed,
      waiting: unnamed.length - dropped.value.size,
    });
  } finally {
    await lease.release();
  }
}

/** What is named by nothing may be on its way: what names it comes last. */
function isLoose({ time }: ObjectFacts, limit: number, now: number): boolean {
  return time < Math.min(limit, now - grace);
}

function sizeOf(objects: Iterable<readonly [string, ObjectFacts]>): number {
  let sum = 0;
  for (const [, { size }] of objects) sum += size;
  return sum;
}

/** Removes what is still as old as it was. */
async function dropNow(
  place: RemotePlace,
  objects: readonly (readonly [string, ObjectFacts])[],
): Promise<Result<Objects, Failure>> {
  const limit = pLimit(readsAtOnce);
  const looked = await Promise.all(
    objects.map(([name, { time }]) =>
      limit(async () => {
        const facts = await place.facts(name);
        return facts.ok && facts.value?.time === time ? [name] : [];
      }),
    ),
  );
  const same = new Set(looked.flat());
  const removed = await place.remove([...same]);
  return removed.ok ? ok(new Map(objects.filter(([name]) => same.has(name)))) : removed;
}

/** Says beforehand which trees lose their names, so that a gc that is killed between the two loses no day of anybody's. */
async function writeSwept(
  place: RemotePlace,
  time: number,
  references: readonly TreeReference[],
): Promise<Result<unknown, Failure>> {
  if (references.length === 0) return ok(undefined);
  const text = canonicalJson([...new Set(references)].sort());
  return place.put(`${kinds.swept}${time}`, await encode(Buffer.from(text)), 'always');
}

/** The trees that lost their names less than a day ago; lists that are older go. */
async function restingTrees(place: RemotePlace, time: number): Promise<Result<ReadonlySet<string>, Failure>> {
  const lists = await place.list(kinds.swept);
  if (!lists.ok) return lists;
  const resting = new Set<string>();
  const old: string[] = [];
  for (const [name, facts] of lists.value) {
    if (facts.time < time - grace) {
      old.push(name);
      continue;
    }
    const text = await textOf(place, name, mostOfDocument);
    if (!text.ok) return text;
    for (const [reference] of (text.value ?? '').matchAll(/[0-9a-f]{64}(\.[0-9a-f]{64})?/g))
      resting.add(reference);
  }
  const removed = await place.remove(old);
  return removed.ok ? ok(resting) : removed;
}

/** Reads what names others: undefined where it cannot be read. */
function readerOf(place: RemotePlace) {
  const limit = pLimit(readsAtOnce);
  const each = async <T>(
    names: readonly string[],
    read: (name: string) => Promise<Result<T, Failure>>,
  ): Promise<Result<readonly (readonly [string, T])[], Failure>> => {
    const found = await Promise.all(
      names.map((name) => limit(async () => ({ name, read: await read(name) }))),
    );
    const values: (readonly [string, T])[] = [];
    for (const { name, read: result } of found) {
      if (!result.ok) return result;
      values.push([name, result.value]);
    }
    return ok(values);
  };
  return {
    async references(
      names: readonly string[],
    ): Promise<Result<ReadonlyMap<string, TreeReference | undefined>, Failure>> {
      const read = await each(names, async (name) => {
        const text = await textOf(place, name, mostOfResult);
        if (!text.ok || text.value === undefined) return text;
        const [key = '', signer] = baseOf(name).split('.');
        // Whoever signed it: what it names stays, and whose results count is for who reads them.
        const plain = signer === undefined ? text.value : decodeSealed(text.value)?.text;
        return ok(plain !== undefined && isDigest(key) ? decodeShared(plain, key)?.reference : undefined);
      });
      return read.ok ? ok(new Map(read.value)) : read;
    },
    async chunks(names: readonly string[]): Promise<Result<ReadonlySet<string>, Failure>> {
      const read = await each(names, async (name) => {
        const list = await firstLineOf(place, name);
        return list.ok ? ok(list.value === undefined ? [] : (chunkNames(list.value) ?? [])) : list;
      });
      return read.ok ? ok(new Set(read.value.flatMap(([, chunks]) => chunks))) : read;
    },
  };
}

/** An object's text; undefined where it is gone, or cannot be read. */
function textOf(
  place: RemotePlace,
  name: string,
  most: number,
): Promise<Result<string | undefined, Failure>> {
  return readable(() =>
    place.read(name, async ({ body }) => (await gathered(decoded(body, most))).toString('utf8')),
  );
}

/** What comes before the first line end of a tree's document; undefined where it has none for long, too. */
function firstLineOf(place: RemotePlace, name: string): Promise<Result<string | undefined, Failure>> {
  return readable(() =>
    place.read(name, async ({ body }) => {
      const parts: Buffer[] = [];
      let size = 0;
      for await (const chunk of decoded(body, mostOfDocument)) {
        const end = chunk.indexOf(0x0a);
        parts.push(Buffer.from(end < 0 ? chunk : chunk.subarray(0, end)));
        if (end >= 0) return Buffer.concat(parts).toString('latin1');
        size += chunk.length;
        if (size > mostOfChunks) return undefined;
      }
      return undefined;
    }),
  );
}

async function readable<T>(
  read: () => Promise<Result<T | undefined, Failure>>,
): Promise<Result<T | undefined, Failure>> {
  try {
    const found = await read();
    return !found.ok && found.error.reason === 'store-damaged' ? ok(undefined) : found;
  } catch (error) {
    if (error instanceof Unreadable) return ok(undefined);
    throw error;
  }
}
