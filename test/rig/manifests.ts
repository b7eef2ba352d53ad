import { createHash } from 'node:crypto';
import type { ReleaseManifest } from '../../orchestrator/publish/manifest/release.ts';

/** Manifests that are made up: of nothing that was ever released. */

export const sha256 = (content: string) => createHash('sha256').update(content).digest('hex');
export const sha512 = (content: string) => createHash('sha512').update(content).digest('hex');

const site = 'https://site.example/kubernetes-1-18/releases/1/artifacts/widget/v1.18.9';

/** In the form that upstream's tool gave the first of its own. */
export const oldManifest = `---
apiVersion: distro.eks.amazonaws.com/v1alpha1
kind: Release
metadata:
  creationTimestamp: null
  name: kubernetes-1-18-eks-1
spec:
  buildRepoCommit: ${'c'.repeat(40)}
  number: 1
  channel: 1-18
status:
  date: "2020-12-01T01:02:03Z"
  components:
    - gitCommit: ${'a'.repeat(40)}
      gitTag: v1.18.9
      name: widget
      assets:
        - arch:
            - arm64
          archive:
            sha256: ${sha256('widget')}
            sha512: ${sha512('widget')}
            uri: ${site}/bin/linux/arm64/widget
          description: widget binary for linux/arm64
          name: bin/linux/arm64/widget
          os: linux
          type: Archive
        - archive:
            sha256: ${sha256('src')}
            sha512: ${sha512('src')}
            uri: ${site}/widget-src.tar.gz
          description: widget source tarball
          name: widget-src.tar.gz
          type: Archive
    - gitTag: v2.0.0
      name: gadget
      assets:
        - arch:
            - amd64
            - arm64
          description: gadget container image
          image:
            uri: registry.example/eks/gadget:v2.0.0-eks-1-18-1
          name: gadget-image
          os: linux
          type: Image

`;

const own = 'https://releases.example/eks/kubernetes-1-30-acme/releases/7/artifacts';

/** One of ours, not in the order in which it is written. */
export const ownManifest: ReleaseManifest = {
  name: 'kubernetes-1-30-acme-eks-7',
  channel: '1-30-acme',
  number: 7,
  date: '2024-05-28T18:11:48Z',
  annotations: { 'eksd-rebuild/release': 'v1-30-eks-5', 'eksd-rebuild/lock': sha256('lock') },
  components: [
    {
      name: 'widget',
      gitTag: 'v1.30.1',
      gitCommit: 'b'.repeat(40),
      assets: [
        {
          ...{ name: 'widget-image', type: 'Image', description: 'widget container image', os: 'linux' },
          arch: ['amd64', 'arm64'],
          image: {
            uri: 'registry.example:5000/eks/widget:v1.30.1-eks-1-30-acme-7',
            imageDigest: `sha256:${sha256('image')}`,
          },
        },
        {
          ...{ name: 'bin/windows/amd64/widget.exe', type: 'Archive', os: 'windows', arch: ['amd64'] },
          description: 'widget.exe binary for windows/amd64',
          archive: {
            uri: `${own}/widget/v1.30.1/bin/windows/amd64/widget.exe`,
            ...{ sha256: sha256('exe'), sha512: sha512('exe') },
          },
        },
      ],
    },
    {
      name: 'gadget',
      gitTag: 'v2.0.0',
      assets: [
        {
          ...{ name: 'gadget-linux-amd64-v2.0.0.tar.gz', type: 'Archive', os: 'linux', arch: ['amd64'] },
          description: 'gadget tarball for linux/amd64',
          archive: {
            uri: `${own}/gadget/v2.0.0/gadget-linux-amd64-v2.0.0.tar.gz`,
            ...{ sha256: sha256('tar'), sha512: sha512('tar') },
          },
        },
      ],
    },
  ],
};
