import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { digestOf } from '../../../orchestrator/core/digest.ts';
import { decoded, encode, gathered, Unreadable } from '../../../orchestrator/store/remote/codec.ts';
import { s3Place } from '../../../orchestrator/store/remote/s3-place.ts';
import { openBucket } from '../../../orchestrator/tool/s3/bucket.ts';
import { failureOf, must } from '../fixture.ts';

const words = await encode(Buffer.from('words'));
const checksum = (bytes: Uint8Array) => Buffer.from(digestOf(bytes), 'hex').toString('base64');

/** Reads one object of an S3 that says this checksum of these bytes. */
async function readingFrom(body: Buffer, sha256: string, headers: Record<string, string> = {}) {
  const server = createServer((_, answer) => {
    answer.writeHead(200, { ...headers, 'x-amz-checksum-sha256': sha256 });
    answer.end(body);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { signal } = new AbortController();
  const bucket = openBucket({
    place: { bucket: 'bucket', prefix: '' },
    region: 'us-east-1',
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    expectedOwner: undefined,
    words: { section: 'store', policy: 'cache policy' } as Parameters<typeof openBucket>[0]['words'],
    env: { AWS_ACCESS_KEY_ID: 'id', AWS_SECRET_ACCESS_KEY: 'secret' },
    findProxy: () => undefined,
    signal,
  });
  try {
    return await s3Place(bucket, signal).read('a', ({ body }) =>
      gathered(decoded(body, 5)).then(String, (error: unknown) => {
        if (error instanceof Unreadable) return error.message;
        throw error;
      }),
    );
  } finally {
    server.close();
    server.closeAllConnections();
  }
}

test('bytes with the checksum that is said of them are read', async () => {
  assert.is(must(await readingFrom(words, checksum(words))), 'words');
});

test('other bytes than their checksum says are as good as any: who reads them hashes them, and nothing ends', async () => {
  assert.is(must(await readingFrom(words, checksum(Buffer.from('other')))), 'words');
});

test('an answer with a date that is none, and with another checksum, is told', async () => {
  const read = await readingFrom(words, checksum(Buffer.alloc(1)), { 'last-modified': 'never' });
  assert.is(failureOf(read).reason, 'usage');
});

test('of more bytes than there may be, nobody waits for the checksum', async () => {
  const read = await readingFrom(Buffer.alloc(2 ** 24), checksum(words));
  assert.match(must(read) ?? '', 'has more bytes');
});

test.run();
