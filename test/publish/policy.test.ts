import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { leastPolicy, type PolicySubject } from '../../orchestrator/publish/policy.ts';

const subject: PolicySubject = {
  place: { bucket: 'releases', prefix: 'eks/' },
  region: 'us-west-2',
  account: undefined,
  channel: '1-30',
  number: 5,
  keeping: { encryption: { type: 'AES256' }, publicRead: false },
  topic: undefined,
};

/** Sorted lines `action on resource`, with the condition behind where there is one. */
function lines(changes: Partial<PolicySubject>): readonly string[] {
  return leastPolicy({ ...subject, ...changes })
    .Statement.flatMap(({ Action, Resource, Condition }) =>
      Action.flatMap((action) =>
        Resource.map(
          (resource) =>
            `${action} on ${resource}${Condition === undefined ? '' : ` if ${JSON.stringify(Condition)}`}`,
        ),
      ),
    )
    .sort();
}

const below = 'arn:aws:s3:::releases/eks';
const objects = [
  `${below}/crds/releasechannels.distro.eks.amazonaws.com-v1alpha1.yaml`,
  `${below}/crds/releases.distro.eks.amazonaws.com-v1alpha1.yaml`,
  `${below}/kubernetes-1-30/kubernetes-1-30-eks-5.yaml`,
  `${below}/kubernetes-1-30/releases/5/CHANGELOG-v1-30-eks-5.md`,
  `${below}/kubernetes-1-30/releases/5/artifacts/*`,
  `${below}/releasechannels/1-30.yaml`,
];
const usual = [
  ...objects.flatMap((each) => [`s3:GetObject on ${each}`, `s3:PutObject on ${each}`]),
  `s3:AbortMultipartUpload on ${below}/kubernetes-1-30/releases/5/artifacts/*`,
  's3:ListBucket on arn:aws:s3:::releases if {"StringLikeIfExists":{"s3:prefix":["eks/*"]}}',
  's3:ListBucketMultipartUploads on arn:aws:s3:::releases',
].sort();

test('the files of one release, and nothing that deletes', () => {
  assert.equal(lines({}), usual);
});

test('what a publication takes besides is allowed where it is asked for', () => {
  const extra = (changes: Partial<PolicySubject>) => lines(changes).filter((line) => !usual.includes(line));
  const topic = 'arn:aws:sns:us-west-2:123456789012:releases';
  const record = `${below}/kubernetes-1-30/kubernetes-1-30-eks-5.announcement.json`;
  assert.equal(extra({ topic }), [
    `s3:GetObject on ${record}`,
    `s3:PutObject on ${record}`,
    `sns:GetTopicAttributes on ${topic}`,
    `sns:Publish on ${topic}`,
  ]);
  assert.equal(
    extra({ keeping: { ...subject.keeping, publicRead: true } }),
    objects.map((each) => `s3:PutObjectAcl on ${each}`),
  );
  const key = (kmsKey: string, account?: string) =>
    extra({ account, keeping: { encryption: { type: 'KMS', kmsKey }, publicRead: false } });
  const both = (resource: string) => [`kms:Decrypt on ${resource}`, `kms:GenerateDataKey on ${resource}`];
  assert.equal(key('12ab', '123456789012'), both('arn:aws:kms:us-west-2:123456789012:key/12ab'));
  assert.equal(key('arn:aws:kms:us-west-2:1:key/12ab'), both('arn:aws:kms:us-west-2:1:key/12ab'));
  const alias = ' if {"ForAnyValue:StringEquals":{"kms:ResourceAliases":"alias/a"}}';
  assert.equal(key('alias/a'), both(`arn:aws:kms:us-west-2:*:key/*${alias}`));
});

test('another partition has ARNs of its own; without a prefix, the whole bucket is listed', () => {
  const found = lines({ region: 'cn-north-1', place: { bucket: 'releases', prefix: '' } });
  assert.ok(found.includes('s3:ListBucket on arn:aws-cn:s3:::releases'));
  assert.ok(found.includes('s3:PutObject on arn:aws-cn:s3:::releases/releasechannels/1-30.yaml'));
});

test.run();
