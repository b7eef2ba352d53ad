import type { renderLock } from '../../orchestrator/config/lock/lock-file.ts';
import type { LockedKubernetes } from '../../orchestrator/config/project/kubernetes.ts';
import { digestOf } from '../../orchestrator/core/digest.ts';
import { eraOf, parseKubernetesVersion } from '../../orchestrator/release/kubernetes-version.ts';
import { programs, shapedPatch } from './kubernetes-shape.ts';
import type { KubernetesWorld } from './kubernetes-world.ts';

/** Where a lock says that a repository of Kubernetes' shape is, and upstream's own. */
export const url = 'https://git.example/kubernetes/kubernetes.git';
export const upstreamUrl = 'https://git.example/upstream.git';

/** The release branch of a tag: `1-30` of `v1.30.1`. */
export function branchOf(tag: string): string {
  return tag.split('.').slice(0, 2).join('-').slice(1);
}

/** The pins of a release with a world's Kubernetes alone. */
export function pinsOf({
  tag,
  go,
  rule = 'E6',
  patched,
  commits,
}: KubernetesWorld): Parameters<typeof renderLock>[0] {
  const version = parseKubernetesVersion(tag);
  if (version === undefined) throw new Error(tag);
  const point = { commit: 'd'.repeat(40), date: '2024-05-01T10:00:00Z' };
  const kubernetes: LockedKubernetes = {
    era: eraOf(version),
    stamping: { rule, read: 'a script:1', ...(patched === undefined ? {} : { patched }) },
    go: { rule: 'checkout', state: 'known' },
    variants: [],
  };
  const files = filesByPlatform().map(([platform, name], index) => {
    return { platform, name, sha256: 'a'.repeat(64), line: String(index + 1) };
  });
  return {
    release: `v${branchOf(tag)}-eks-5`,
    branch: branchOf(tag),
    number: '5',
    upstream: { repository: upstreamUrl, tree: 'release', releaseCommit: point, differences: [] },
    baseImages: [],
    projects: {
      'kubernetes/kubernetes': {
        repository: url,
        tag,
        commit: commits.at(-1) ?? '',
        go: { version: go, flavour: 'official', read: '.go-version', others: [] },
        patches: [{ path: 'patches/0001-x.patch', sha256: digestOf(shapedPatch) }],
        kubernetes,
        checksums: {
          file: 'CHECKSUMS',
          authority: 'built',
          changed: point.date,
          changedBy: point.commit,
          files,
        },
      },
    },
  };
}

/** What is published of Kubernetes. */
export function filesByPlatform(): readonly (readonly [platform: string, name: string])[] {
  return [
    ...['linux/amd64', 'linux/arm64'].flatMap((platform) =>
      programs.map((name) => [platform, name] as const),
    ),
    ...programs.slice(0, 4).map((name) => ['windows/amd64', `${name}.exe`] as const),
    ['darwin/amd64', 'kubectl'],
  ];
}
