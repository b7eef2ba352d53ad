import type { UnsealedLock } from '../../orchestrator/config/lock/lock-file.ts';

/** Pins of a small release with one project, for tests that need a lock; made up. */
export function samplePins(): UnsealedLock {
  return {
    release: 'v1-30-eks-5',
    branch: '1-30',
    number: '5',
    upstream: {
      repository: 'https://example.com/upstream.git',
      tree: 'release',
      releaseCommit: { commit: 'd'.repeat(40), date: '2024-05-01T10:00:00Z' },
      tag: { name: 'v1-30-eks-5', commit: 'e'.repeat(40), date: '2024-05-02T10:00:00+02:00' },
      differences: [],
    },
    baseImages: [
      { name: 'eks-distro-minimal-base', tag: '2024-04-01', file: 'EKS_DISTRO_MINIMAL_BASE_TAG_FILE' },
    ],
    projects: {
      'org/tool': {
        repository: 'https://example.com/org/tool.git',
        tag: 'v1.2.3',
        commit: 'c'.repeat(40),
        go: {
          version: '1.20',
          flavour: 'official',
          read: 'projects/org/tool/1-30/ATTRIBUTION.txt:4',
          others: [],
        },
        patches: [{ path: 'projects/org/tool/1-30/patches/0001-fix.patch', sha256: 'f'.repeat(64) }],
        checksums: {
          file: 'projects/org/tool/1-30/CHECKSUMS',
          authority: 'built',
          changed: '2024-04-30T08:00:00Z',
          changedBy: 'b'.repeat(40),
          files: [{ platform: 'linux/amd64', name: 'tool', sha256: 'a'.repeat(64), line: '3' }],
        },
      },
    },
  };
}
