import { Readable } from 'node:stream';
import * as assert from 'uvu/assert';
import { ok } from '../../../orchestrator/core/result.ts';
import { readObject } from '../../../orchestrator/publish/s3/read.ts';
import type { Bucket } from '../../../orchestrator/tool/s3/bucket.ts';
import { suite } from '../../rig/suite.ts';

const test = suite('what is read of a bucket');

/** A bucket whose one object comes in pieces of a KiB, and without a word of how long it is. */
function bucketWith(kibibytes: number): { readonly bucket: Bucket; readonly sent: () => number } {
  let sent = 0;
  const pieces = function* () {
    for (; sent < kibibytes; sent += 1) yield Buffer.alloc(1024, 'x');
  };
  const client = { getObject: async () => ({ ETag: '"1"', Body: Readable.from(pieces()) }) };
  const bucket = {
    ...{ place: { bucket: 'releases', prefix: '' }, region: 'us-east-1', named: { Bucket: 'releases' } },
    ...{ keyOf: (path: string) => path, shown: (path: string) => `s3://releases/${path}` },
    call: async (_: string, deed: (client: never, options: never) => Promise<unknown>) =>
      ok(await deed(client as never, {} as never)),
  } as unknown as Bucket;
  return { bucket, sent: () => sent };
}

test('a small object is read whole', async () => {
  const { bucket } = bucketWith(3);
  const read = await readObject(bucket, 'releasechannels/1-30.yaml', 3 * 1024);
  assert.equal(read, ok({ text: 'x'.repeat(3 * 1024), etag: '"1"' }));
});

test('of one that never ends no more is read than it may have', async () => {
  const { bucket, sent } = bucketWith(Number.POSITIVE_INFINITY);
  const read = await readObject(bucket, 'releasechannels/1-30.yaml', 65_536);
  assert.ok(!read.ok && read.error.reason === 'usage');
  assert.is(
    read.error.message,
    's3://releases/releasechannels/1-30.yaml has more than 65536 bytes, which none needs.',
  );
  assert.ok(sent() < 200, `${sent()} KiB`);
});

test.run();
