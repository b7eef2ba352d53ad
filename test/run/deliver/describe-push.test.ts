import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { OciDigest } from '../../../orchestrator/core/oci.ts';
import type { PlannedImage, PushPlan } from '../../../orchestrator/oci/push/plan.ts';
import { describePush } from '../../../orchestrator/run/deliver/describe-push.ts';

const digest = (letter: string): OciDigest => `sha256:${letter.repeat(64)}`;

function image(repository: string, given: Partial<PlannedImage>): PlannedImage {
  const bytes = { upload: 0, mount: 0, present: 0 };
  return { repository, digest: digest('a'), documents: [], tags: [], bytes, allowed: undefined, ...given };
}

test('a line an image, by its whole name, and a tag, and the sums', () => {
  const plan: PushPlan = {
    host: 'registry.example.com:5000',
    images: [
      image('eks/etcd-io/etcd', {
        bytes: { upload: 52_340_000, mount: 0, present: 0 },
        tags: [
          { tag: 'v3.5.13-eks-1-30-5', state: 'new', there: undefined },
          { tag: 'latest', state: 'other', there: digest('b') },
        ],
      }),
      image('eks/pause', {
        digest: digest('c'),
        bytes: { upload: 0, mount: 30_000_000, present: 0 },
        tags: [{ tag: 'v3.9-eks-1-30-5', state: 'same', there: digest('c') }],
        allowed: {
          files: [{ file: 'pause for linux/arm64', verdict: 'different' }],
          reason: 'a fix of ours',
        },
      }),
    ],
    blobs: [],
    refusals: [],
    bytes: { upload: 52_340_000, mount: 30_000_000, present: 1_260_000 },
  };
  assert.is(
    describePush(plan),
    `registry.example.com:5000/eks/etcd-io/etcd@${digest('a')}  52 MB to upload
  :v3.5.13-eks-1-30-5  new
  :latest  would be moved from ${digest('b')}
registry.example.com:5000/eks/pause@${digest('c')}         nothing to upload  1 file allowed: a fix of ours
  :v3.9-eks-1-30-5  there
2 images: 52 MB to upload, 30 MB to mount from other repositories, 1.3 MB there already
`,
  );
});

test.run();
