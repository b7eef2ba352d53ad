import { Readable } from 'node:stream';
import { promisify } from 'node:util';
import { brotliCompress, constants, createBrotliCompress, createBrotliDecompress } from 'node:zlib';

/** What an object begins with: how the rest is written. */
const plain = 0;
const brotli = 1;

/**
 * Brotli at 4. Of modules it leaves 16 %, of programs 26 %, where zstd at 3 leaves 17 % and 26 %, and gzip at 6 19 % and 29 %; it is in
 * every Node that this program runs with, in threads of its own, and zstd is in none before 22.15.
 */
const quality = 4;

const compress = promisify(brotliCompress);

/** Bytes that are tried; and how much of them has to go for all to be compressed: archives and layers of images are as small as they get. */
const tried = 2 ** 18;
const worthwhile = 0.95;

const optionsFor = (size: number) => ({
  params: { [constants.BROTLI_PARAM_QUALITY]: quality, [constants.BROTLI_PARAM_SIZE_HINT]: size },
});

/** Bytes as an object holds them. */
export async function encode(bytes: Uint8Array): Promise<Buffer> {
  const isWorth = await isWorthwhile(bytes);
  const body = isWorth ? await compress(bytes, optionsFor(bytes.length)) : bytes;
  return Buffer.concat([Buffer.of(isWorth ? brotli : plain), body]);
}

export async function isWorthwhile(bytes: Uint8Array): Promise<boolean> {
  const first = bytes.subarray(0, tried);
  return (await compress(first, optionsFor(first.length))).length < first.length * worthwhile;
}

/** As many of its bytes as are tried; the rest is not read. */
export async function beginOf(body: AsyncIterable<Uint8Array>): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  let count = 0;
  for await (const chunk of body) {
    chunks.push(chunk);
    count += chunk.length;
    if (count >= tried) break;
  }
  return Buffer.concat(chunks);
}

/** The same of a stream. */
export async function* encoded(
  body: Readable,
  size: number,
  isWorth: boolean,
): AsyncGenerator<Uint8Array, void, undefined> {
  yield Buffer.of(isWorth ? brotli : plain);
  yield* isWorth ? through(body, createBrotliCompress(optionsFor(size))) : body;
}

/** The bytes of an object that cannot be: too many of them, or none that can be read. */
export class Unreadable extends Error {}

/** How many more bytes an object may have than what it unfolds to: brotli says of what it cannot compress where it begins. */
const spare = (limit: number) => 4096 + limit / 16;

/**
 * What an object held when it was encoded, and no more of it than the limit, whatever it unfolds to. No more is read of it either: brotli
 * unfolds any number of bytes to none. What a body itself throws comes out.
 * @throws Unreadable
 */
export async function* decoded(
  body: AsyncIterable<Uint8Array>,
  limit: number,
): AsyncGenerator<Uint8Array, void, undefined> {
  yield* bounded(unfolded(bounded(body, limit + spare(limit))), limit);
}

/** No more bytes than the limit. @throws Unreadable */
export async function* bounded(
  body: AsyncIterable<Uint8Array>,
  limit: number,
): AsyncGenerator<Uint8Array, void, undefined> {
  let count = 0;
  for await (const chunk of body) {
    count += chunk.length;
    if (count > limit) throw new Unreadable('has more bytes than it was said to have');
    yield chunk;
  }
}

async function* unfolded(body: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array, void, undefined> {
  const chunks = body[Symbol.asyncIterator]();
  let first: Uint8Array = Buffer.alloc(0);
  while (first.length === 0) {
    const { value, done } = await chunks.next();
    if (done === true) throw new Unreadable('is empty');
    first = value;
  }
  const rest = (async function* () {
    try {
      if (first.length > 1) yield first.subarray(1);
      for (let next = await chunks.next(); next.done !== true; next = await chunks.next()) yield next.value;
    } finally {
      await chunks.return?.();
    }
  })();
  if (first[0] === plain) yield* rest;
  else if (first[0] === brotli) yield* through(Readable.from(rest), createBrotliDecompress());
  else {
    await rest.return();
    throw new Unreadable('is written in a way that this version does not know');
  }
}

type Transform = ReturnType<typeof createBrotliDecompress>;

async function* through(from: Readable, transform: Transform): AsyncGenerator<Uint8Array, void, undefined> {
  let cut: Error | undefined;
  from.on('error', (error: Error) => {
    cut = error;
    transform.destroy(error);
  });
  from.pipe(transform);
  try {
    yield* transform as AsyncIterable<Uint8Array>;
  } catch (error) {
    if (cut !== undefined) throw cut;
    if (error instanceof Unreadable) throw error;
    throw new Unreadable(`cannot be unfolded: ${error instanceof Error ? error.message : String(error)}`);
  } finally {
    from.destroy();
    transform.destroy();
  }
}

/** All of it. */
export async function gathered(body: AsyncIterable<Uint8Array>): Promise<Buffer> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of body) chunks.push(chunk);
  return Buffer.concat(chunks);
}
