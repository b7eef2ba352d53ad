import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { headersOf, type Keeping } from '../../../orchestrator/publish/s3/headers.ts';

const usual: Keeping = { encryption: { type: 'AES256' }, publicRead: false };

test('what each kind of file is, and how long a copy of it counts', () => {
  const below = 'kubernetes-1-30/releases/5/artifacts/kubernetes/v1.30.0';
  const seen = [
    ...['kubernetes-src.tar.gz', 'bin/linux/amd64/pause.tar', 'bin/linux/amd64/kubectl'].map(
      (each) => `${below}/${each}`,
    ),
    ...['SHA256SUM', 'SHA256SUM.sha512', 'ATTRIBUTION.txt', 'x.docker_tag'].map((each) => `${below}/${each}`),
    ...[
      'kubernetes-1-30/kubernetes-1-30-eks-5.yaml',
      'kubernetes-1-30/kubernetes-1-30-eks-5.announcement.json',
    ],
    ...['releasechannels/1-30.yaml', 'crds/releases.distro.eks.amazonaws.com-v1alpha1.yaml'],
  ].map((path) => headersOf(path, usual));
  const text = 'text/plain; charset=utf-8';
  assert.equal(
    seen.map(({ ContentType }) => ContentType),
    [
      ...['application/gzip', 'application/x-tar', 'application/octet-stream', text, text, text, text],
      ...['application/yaml', 'application/json', 'application/yaml', 'application/yaml'],
    ],
  );
  const forever = 'public, max-age=31536000, immutable';
  assert.equal(
    seen.map(({ CacheControl }) => CacheControl),
    [...Array(8).fill(forever), 'no-store', 'no-cache', 'public, max-age=3600'],
  );
});

test('keys of S3, of KMS, or as the bucket has it; nobody reads what is not said to be public', () => {
  const of = (keeping: Partial<Keeping>) => {
    const { ContentType: _, CacheControl: __, ...rest } = headersOf('a.tar', { ...usual, ...keeping });
    return rest;
  };
  assert.equal(of({}), { ServerSideEncryption: 'AES256' });
  assert.equal(of({ encryption: { type: 'BUCKET' } }), {});
  const kms = { ServerSideEncryption: 'aws:kms', BucketKeyEnabled: true };
  assert.equal(of({ encryption: { type: 'KMS' } }), kms);
  assert.equal(of({ encryption: { type: 'KMS', kmsKey: 'alias/a' } }), { ...kms, SSEKMSKeyId: 'alias/a' });
  assert.equal(of({ publicRead: true }), { ServerSideEncryption: 'AES256', ACL: 'public-read' });
});

test.run();
