import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { digestOf } from '../../../orchestrator/core/digest.ts';
import { messageOf } from '../../../orchestrator/publish/announce/message.ts';

const sha256 = digestOf('manifest');
const manifestFile = { path: 'm', size: 1, sha256, sha512: '', parts: [sha256] };

/** The message of a release with these images. */
function message(images: readonly string[], base: 'base' | 'no base' = 'base') {
  const baseUri = base === 'base' ? 'https://releases.example.com/eks' : undefined;
  const assets = images.map((uri) => ({ name: 'x', type: 'Image' as const, image: { uri } }));
  const manifest = {
    name: 'n',
    channel: '1-30',
    number: 5,
    date: '',
    annotations: {},
    components: [{ name: 'c', assets }],
  };
  const path = 'kubernetes-1-30/kubernetes-1-30-eks-5.yaml';
  const changelog = 'kubernetes-1-30/releases/5/CHANGELOG-v1-30-eks-5.md';
  const layout = {
    ...{ channel: '1-30', number: 5, manifest: path, channelFile: '', crds: [], artifacts: [] },
    ...(base === 'base' ? { changelog } : {}),
  };
  const files = { manifest: manifestFile, channel: manifestFile, crds: [], artifacts: [] };
  return messageOf({ manifest, baseUri, layout, files }, (each) => `s3://bucket/${each}`);
}

test('the subject names the channel; the body the release, the images and the manifest, and ends as upstream has it', () => {
  const { subject, body, attributes } = message([
    'registry.example.com/eks/a/b:v1',
    'registry.example.com/eks/a/c:v1',
  ]);
  const uri = 'https://releases.example.com/eks/kubernetes-1-30/kubernetes-1-30-eks-5.yaml';
  assert.is(subject, 'New Release of EKS-D v1-30');
  assert.match(body, /^EKS Distro v1-30-eks-5 [^\n]* at registry\.example\.com\/eks\/a\. [^\n]*\n\t$/);
  assert.ok(body.includes(uri));
  assert.match(
    body,
    ' https://releases.example.com/eks/kubernetes-1-30/releases/5/CHANGELOG-v1-30-eks-5.md and its files are named by',
  );
  assert.equal(attributes, { channel: '1-30', release: 'v1-30-eks-5', manifest: uri, sha256 });
});

test('without a base the manifest is where it was put; images without anything in common are left out', () => {
  const { body, attributes } = message(['one.example.com/a:v1', 'two.example.com/a:v1'], 'no base');
  assert.not.match(body, 'images');
  assert.not.match(body, 'changelog');
  assert.is(message([], 'no base').body, body);
  assert.is(attributes.manifest, 's3://bucket/kubernetes-1-30/kubernetes-1-30-eks-5.yaml');
});

test.run();
