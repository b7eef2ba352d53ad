import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { type PublishOptions, readTarget, readTopic } from '../../../orchestrator/commands/publish/target.ts';
import type { PublishSettings } from '../../../orchestrator/config/settings/publish.ts';

const to = 's3://releases/eks';

function target(
  options: Partial<PublishOptions>,
  settings: PublishSettings = {},
  env: Record<string, string> = {},
) {
  const read = readTarget({ to, ...options }, settings, env);
  assert.ok(read.ok, JSON.stringify(read));
  return read.value;
}

function refused(options: Partial<PublishOptions>): string {
  const read = readTarget({ to, ...options }, {}, {});
  assert.ok(!read.ok && read.error.reason === 'usage');
  return read.error.message;
}

test('a region: the command line, the settings, the environment, and else the usual one', () => {
  const env = { AWS_REGION: 'ap-south-1', AWS_DEFAULT_REGION: 'sa-east-1' };
  const settings = { region: 'eu-west-1' };
  assert.is(target({ region: 'us-west-2' }, settings, env).region, 'us-west-2');
  assert.is(target({}, settings, env).region, 'eu-west-1');
  assert.is(target({}, {}, env).region, 'ap-south-1');
  assert.is(target({}).region, 'us-east-1');
});

test('an endpoint of the command line is for both services; each may have its own', () => {
  const settings = { s3: { endpoint: 'http://s3' }, sns: { endpoint: 'http://sns' } };
  assert.equal(target({ endpoint: 'http://all' }).endpoints, { s3: 'http://all', sns: 'http://all' });
  assert.equal(target({ endpoint: 'http://all' }, settings).endpoints, {
    s3: 'http://all',
    sns: 'http://sns',
  });
  assert.equal(target({}, settings).endpoints, { s3: 'http://s3', sns: 'http://sns' });
  const env = { AWS_ENDPOINT_URL: 'http://any', AWS_ENDPOINT_URL_S3: 'http://own' };
  assert.equal(target({}, {}, env).endpoints, { s3: 'http://own', sns: 'http://any' });
  assert.equal(target({}).endpoints, { s3: undefined, sns: undefined });
});

test('keys: of S3 unless a key of KMS is named; nothing is public unless it is said', () => {
  assert.equal(target({}).keeping, { encryption: { type: 'AES256' }, publicRead: false });
  const settings: PublishSettings = { encryption: { type: 'BUCKET' } };
  assert.equal(target({}, settings).keeping.encryption, { type: 'BUCKET' });
  assert.equal(target({ kmsKey: 'alias/a' }, settings).keeping.encryption, {
    type: 'KMS',
    kmsKey: 'alias/a',
  });
  assert.is(target({ publicRead: true }).keeping.publicRead, true);
});

test('what cannot be used is refused', () => {
  assert.match(refused({ to: 'releases' }), 'is no place in S3');
  assert.match(refused({ region: 'nowhere' }), 'is no region');
  assert.match(refused({ expectedOwner: '1234' }), 'is no account');
  assert.match(refused({ endpoint: 's3.example.com' }), 'is no URL');
  assert.match(refused({ endpoint: 'https://me:secret@s3.example.com' }), 'holds a user name or a password');
  assert.not.match(refused({ endpoint: 'https://me:secret@s3.example.com' }), 'secret');
  const key = (partition: string) => `arn:${partition}:kms:us-gov-west-1:123456789012:key/1234abcd`;
  assert.match(refused({ kmsKey: key('aws') }), 'us-gov-west-1 is in the partition aws-us-gov, not in aws');
  assert.match(refused({ kmsKey: key('aws-us-gov') }), 'is in us-gov-west-1, and the bucket in us-east-1');
  target({ kmsKey: key('aws-us-gov'), region: 'us-gov-west-1' });
  assert.match(refused({ policy: true, confirm: true }), '--confirm does nothing beside --policy');
});

test('a topic in another region than the bucket is refused, unless that one is named', () => {
  const channel = { name: '1-30', snsTopicArn: 'arn:aws:sns:eu-west-1:123456789012:releases' };
  const found = readTopic(channel, target({}));
  assert.match(JSON.stringify(found), 'is in eu-west-1, and the release is published in us-east-1');
  assert.ok(readTopic(channel, target({ region: 'eu-west-1' })).ok);
  assert.ok(readTopic(channel, target({}, { sns: { region: 'eu-west-1' } })).ok);
  assert.match(JSON.stringify(readTopic({ name: '1-30' }, target({}))), 'has no snsTopicARN');
});

test.run();
