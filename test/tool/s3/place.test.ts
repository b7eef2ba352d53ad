import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { readBucketPlace } from '../../../orchestrator/tool/s3/place.ts';

test('a bucket, and what keys begin with', () => {
  const places = ['s3://my-bucket', 's3://my-bucket/', 's3://my-bucket/a/b', 's3://my.bucket/a/b//'];
  assert.equal(
    places.map((place) => readBucketPlace(place)),
    [
      { ok: true, value: { bucket: 'my-bucket', prefix: '' } },
      { ok: true, value: { bucket: 'my-bucket', prefix: '' } },
      { ok: true, value: { bucket: 'my-bucket', prefix: 'a/b/' } },
      { ok: true, value: { bucket: 'my.bucket', prefix: 'a/b/' } },
    ],
  );
});

for (const wrong of [
  ...[
    'https://bucket.s3.amazonaws.com/a',
    'bucket/a',
    's3:/bucket',
    's3://',
    's3://ab',
    's3://Bucket/a',
    's3://a_b',
  ],
  ...[
    's3://my..bucket',
    's3://my-bucket-/a',
    's3://10.0.0.1/a',
    's3://my-bucket/../other',
    's3://my-bucket/a//b',
  ],
  ...[
    's3://my-bucket/a%2fb',
    's3://my-bucket/a?x=1',
    's3://key:secret@my-bucket/a',
    's3://my-bucket/a\u0000',
    's3://my-bucket/a\nb',
  ],
  `s3://my-bucket/${'a'.repeat(200)}/${'b'.repeat(200)}/${'c'.repeat(200)}`,
]) {
  test(`${JSON.stringify(wrong)} is no place`, () => {
    const read = readBucketPlace(wrong);
    assert.ok(!read.ok && read.error.reason === 'usage', JSON.stringify(read));
  });
}

test.run();
