import { mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as assert from 'uvu/assert';
import type { ClusterOptions } from '../../orchestrator/commands/cluster/cluster.ts';
import { clusterManifest } from '../rig/cluster-manifest.ts';
import { suite } from '../rig/suite.ts';
import { artifacts, runBy, upstreams } from './ran.ts';

const test = suite<{ folder: string }>('manifests that no cluster is made by');

test.before.each((context) => {
  context.folder = mkdtempSync(join(tmpdir(), 'cluster-'));
  mkdirSync(join(context.folder, 'home'));
});

test.after.each(({ folder }) => {
  rmSync(folder, { recursive: true, force: true });
});

const proxy = /- arch:\n {6}- amd64\n {6}- arm64\n {6}description: kubernetes\/kube-proxy[\s\S]*?type: Image/;

const refused: readonly (readonly [
  what: string,
  change: (text: string) => string,
  complaint: string | RegExp,
  options?: Partial<ClusterOptions>,
])[] = [
  [
    'another release',
    (text) => text.replaceAll('eks-5', 'eks-6').replace('number: 5', 'number: 6'),
    /:5:9: error: this is not of v1-30-eks-5/,
  ],
  ['another branch', (text) => text.replaceAll('1-30', '1-29'), /:5:9: error: this is not of v1-30-eks-5/],
  [
    'files on another host',
    (text) => text.replaceAll('https://distro.eks.amazonaws.com', 'https://other.example'),
    /:\d+:\d+: error: this leads to other\.example, which nobody asked for\n.*\n.*\n.*"--allow-host other\.example"/,
  ],
  [
    'images on another host',
    (text) => text.replaceAll('public.ecr.aws', 'other.example'),
    /:\d+:\d+: error: this leads to other\.example/,
  ],
  [
    'one file on another place',
    (text) => text.replace(`${artifacts}/plugins`, `${artifacts.replace('https', 'http')}/plugins`),
    /error: the files are not all below one URL/,
  ],
  [
    'a file beside the release',
    (text) => text.replace(`${artifacts}/plugins`, 'https://distro.eks.amazonaws.com/plugins'),
    /error: this is not below kubernetes-1-30\/releases\/5\/artifacts/,
  ],
  [
    'a kubelet where kOps does not look',
    (text) => text.replace('v1.30.1/bin/linux/arm64/kubelet\n', 'v1.30.1/kubelet-arm64\n'),
    /error: kOps looks for this at kubernetes\/v1\.30\.1\/bin\/linux\/arm64\/kubelet/,
  ],
  [
    'an asset twice',
    (text) => text.replace('name: bin/linux/amd64/kubectl', 'name: bin/linux/amd64/kubelet'),
    /error: .* is there twice/,
  ],
  [
    'plugins twice',
    (text) => text.replace(/- amd64(\n {6}archive:\n.*\n.*\n.*cni-plugins)/, '- arm64$1'),
    /error: the network plugins for linux\/arm64 are there twice/,
  ],
  [
    'an image twice',
    (text) =>
      text.replace(proxy, (found) => `${found}\n    ${found.replace('kube-proxy-image', 'other-image')}`),
    /error: kubernetes\/kube-proxy is there twice/,
  ],
  [
    'images in two places',
    (text) => text.replace('eks-distro/etcd-io', 'other/etcd-io'),
    /error: the images are not all in one place: others are in public\.ecr\.aws\/eks-distro\n/,
  ],
  [
    'images without a registry',
    (text) => text.replaceAll('public.ecr.aws/eks-distro/', '/'),
    /:\d+:\d+: error: the image has no registry in front\n/,
  ],
  [
    'no image of the release',
    (text) => text.replaceAll('eks-distro/', 'eks-distro/x'),
    'kubernetes-1-30-eks-5 names no image of the release.',
  ],
  ['a hash of nobody', (text) => text.replace('sha256:', 'sha1:'), /error: /],
  ['no manifest', () => 'kind: List\n', /:1:1: error: |error: /],
  ['--allow-host of a path', (text) => text, '--allow-host takes HOST[:PORT]', { allowHost: ['a/b'] }],
  [
    'a URL, offline',
    (text) => text,
    '--offline asks nobody',
    { manifest: 'https://other.example/release.yaml' },
  ],
  [
    'a bucket',
    (text) => text,
    'A manifest in a bucket is not read from there.',
    { manifest: 's3://bucket/release.yaml' },
  ],
  [
    'a file that is not there',
    (text) => text,
    'There is no file or folder other.yaml.',
    { manifest: 'other.yaml' },
  ],
];

for (const [what, change, complaint, options] of refused) {
  test(`refused, and nothing is written: ${what}`, async ({ folder }) => {
    const before = clusterManifest(upstreams);
    const after = change(before);
    assert.ok(after !== before || options !== undefined);
    const ran = await runBy(folder, after, options);
    assert.equal([ran.code, ran.stdout], [2, ''], ran.stderr);
    assert.match(ran.stderr, complaint);
    assert.not.ok(readdirSync(folder).includes('out'));
  });
}

test.run();
