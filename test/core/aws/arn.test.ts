import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { kmsKey, snsTopicArn } from '../../../orchestrator/config/fields.ts';
import { readArn, whyNoKmsArn } from '../../../orchestrator/core/aws/arn.ts';

const account = '123456789012';

/** Regions with the partition that each is in, by the SDKs' partitions.json. */
const regions: readonly (readonly [region: string, partition: string])[] = [
  ['us-west-2', 'aws'],
  ['ap-southeast-5', 'aws'],
  ['cn-north-1', 'aws-cn'],
  ['us-gov-west-1', 'aws-us-gov'],
  ['us-iso-east-1', 'aws-iso'],
  ['us-isob-east-1', 'aws-iso-b'],
];
const partitions = [...new Set(regions.map(([, partition]) => partition)), 'aws-nowhere'];

test('the region of an ARN is in the partition that it names, wherever one is taken', () => {
  for (const [region, right] of regions) {
    for (const partition of partitions) {
      const topic = `arn:${partition}:sns:${region}:${account}:releases`;
      const key = `arn:${partition}:kms:${region}:${account}:alias/releases`;
      const isRight = partition === right;
      assert.is(snsTopicArn.safeParse(topic).success, isRight, topic);
      assert.is(kmsKey.safeParse(key).success, isRight, key);
      assert.is(whyNoKmsArn(key) === undefined, isRight, key);
    }
  }
  assert.is(
    snsTopicArn.safeParse(`arn:aws:sns:cn-north-1:${account}:x`).error?.issues[0]?.message,
    'the ARN is at odds with itself: cn-north-1 is in the partition aws-cn, not in aws',
  );
});

test('a key of KMS is named by its ARN, its id or an alias', () => {
  const names = ['1234abcd-12ab-34cd-56ef-1234567890ab', 'alias/releases', 'mrk-1234abcd'];
  const arns = ['key/mrk-1234abcd', 'alias/eks/releases'];
  const right = [...names, ...arns.map((each) => `arn:aws:kms:us-west-2:${account}:${each}`)];
  assert.equal(
    right.filter((each) => !kmsKey.safeParse(each).success),
    [],
  );
  const wrong = [
    ...['', 'arn:', 'arn:aws:kms', `arn:aws:kms:us-west-2:${account}:releases`],
    ...[`arn:aws:sns:us-west-2:${account}:releases`, `arn:aws:kms::${account}:key/1`],
    ...['arn:aws:kms:us-west-2:1:key/1', `arn:aws:kms:west:${account}:key/1`],
  ];
  assert.equal(
    wrong.filter((each) => kmsKey.safeParse(each).success),
    [],
  );
});

test('the parts of an ARN; what is none has none', () => {
  assert.is(readArn(`arn:aws:sns:us-west-2:${account}:a:b`)?.resource, 'a:b');
  assert.is(readArn('arn:aws:s3:::releases')?.region, '');
  for (const none of ['releases', 'arn:aws:s3', 'urn:aws:s3:::releases', 'arn:gcp:s3:::x'])
    assert.is(readArn(none), undefined);
});

test.run();
