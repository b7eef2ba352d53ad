import { randomBytes } from 'node:crypto';
import { Readable } from 'node:stream';
import { brotliCompressSync } from 'node:zlib';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { decoded, encode, encoded, gathered, Unreadable } from '../../../orchestrator/store/remote/codec.ts';

async function* inParts(...parts: readonly Uint8Array[]) {
  yield* parts;
}

/** So many bytes, and then more of the same until nobody asks any more. */
async function* endless(first: Uint8Array, next: Uint8Array, given: { bytes: number }) {
  yield first;
  for (;;) {
    given.bytes += next.length;
    yield next;
  }
}

const sizes = [0, 1, 5000, 2 ** 20];

for (const size of sizes) {
  test(`${size} bytes come out as they went in, whether they can be compressed or not`, async () => {
    const begin = Buffer.alloc(2 ** 18, 'a').subarray(0, size);
    for (const bytes of [
      Buffer.alloc(size, 'abc'),
      randomBytes(size),
      Buffer.concat([begin, randomBytes(size)]),
    ]) {
      assert.ok((await gathered(decoded(inParts(await encode(bytes)), bytes.length))).equals(bytes));
      const stream = encoded(Readable.from([bytes]), bytes.length, true);
      assert.ok((await gathered(decoded(stream, bytes.length))).equals(bytes));
    }
  });
}

/** An empty block of metadata (RFC 7932, 9.2), after which others may come: it unfolds to nothing. */
const metadata = Buffer.alloc(2 ** 16, Buffer.from([0x06]));
const ended = Buffer.concat([Buffer.of(1), brotliCompressSync(Buffer.from('words'))]);

const bodies: Readonly<Record<string, readonly [first: Buffer, next: Buffer]>> = {
  'what brotli unfolds to nothing': [Buffer.of(1, 0x0c), metadata],
  'plain bytes': [Buffer.of(0), Buffer.alloc(2 ** 16)],
  'what brotli unfolds to much': [Buffer.of(1), brotliCompressSync(Buffer.alloc(2 ** 24))],
};
for (const [name, [first, next]] of Object.entries(bodies)) {
  test(`a body that never ends, of ${name}, is not read for long`, async () => {
    const given = { bytes: 0 };
    try {
      await gathered(decoded(endless(first, next, given), 1000));
      assert.unreachable();
    } catch (error) {
      assert.instance(error, Unreadable);
    }
    assert.ok(given.bytes < 2 ** 21, `${given.bytes} bytes were taken`);
  });
}

test('what comes after the end of what brotli made is of no consequence, however much it is', async () => {
  const given = { bytes: 0 };
  const text = await gathered(decoded(endless(ended, Buffer.alloc(100), given), 5)).catch(String);
  assert.ok(['words', 'Error: has more bytes than it was said to have'].includes(String(text)), String(text));
  assert.ok(given.bytes < 2 ** 21, `${given.bytes} bytes were taken`);
});

test.run();
