import type { OciDigest } from '../../orchestrator/core/oci.ts';
import type { ImageReport } from '../../orchestrator/report/image-report.ts';
import { sha } from './verdicts.ts';

export function ociSha(content: string): OciDigest {
  return `sha256:${sha(content)}`;
}

function layersOf(platform: string) {
  return [
    { digest: ociSha(`base ${platform}`), size: 30_000_000 },
    { digest: ociSha(`program ${platform}`), size: 1234 },
  ];
}

/** The verified image of org/tool, with its one program, but for what is given. */
export function imageReport(given: Partial<ImageReport> = {}): ImageReport {
  return {
    image: 'org/tool',
    project: 'org/tool',
    tag: 'v1.2.3-eks-1-30-5',
    standsOn: 'eks-distro-minimal-base',
    base: {
      from: 'published',
      reference: `registry.example.com/eks/eks-distro-minimal-base:2024-04-01@${ociSha('base')}`,
    },
    digest: ociSha('index'),
    platforms: [
      { platform: 'linux/amd64', digest: ociSha('amd64'), layers: layersOf('amd64') },
      { platform: 'linux/arm64', digest: ociSha('arm64'), layers: layersOf('arm64') },
    ],
    programs: [{ project: 'org/tool', platform: 'linux/amd64', file: 'tool' }],
    unverified: [],
    ...given,
  };
}

/** The same image, not made. */
export function failedImage(given: Partial<ImageReport> & Pick<ImageReport, 'failure'>): ImageReport {
  const { digest: _, base: __, ...rest } = imageReport({ platforms: [], programs: [], ...given });
  return rest;
}
