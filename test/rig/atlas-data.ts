import { type Digest, digestOf } from '../../orchestrator/core/digest.ts';
import type { AtlasFile, AtlasProject, AtlasRelease, Said } from '../../orchestrator/report/atlas/data.ts';

/** A file whose published SHA-256 is that of `content`. */
export function atlasFile(
  name: string,
  {
    content = name,
    platform = 'linux/amd64',
    said,
  }: { content?: string; platform?: string; said?: Said } = {},
): AtlasFile {
  return { platform, name, expected: digestOf(content), authority: 'built', said };
}

export function saidOf(verdict: Said['verdict'], rest: Partial<Said> = {}): Said {
  const comparable = ['identical', 'equivalent', 'explained', 'different', 'build-failed'].includes(verdict);
  return { verdict, comparable, by: 'eksd-rebuild 0.1.0', ...rest };
}

export function atlasProject(
  name: string,
  files: readonly AtlasFile[],
  rest: Partial<AtlasProject> = {},
): AtlasProject {
  const repository = `https://github.com/${name}.git`;
  return { name, version: 'v1.0.0', repository, go: '1.21.9', patches: [], files, ...rest };
}

export function atlasRelease(
  number: number,
  projects: readonly AtlasProject[],
  rest: Partial<AtlasRelease> = {},
): AtlasRelease {
  const date = `2024-0${Math.min(number, 9)}-01`;
  const upstream = { repository: 'https://github.com/aws/eks-distro.git', commit: 'a'.repeat(40) };
  return {
    ...{ name: `v1-30-eks-${number}`, branch: '1-30', number, date, upstream, baseImages: [], projects },
    ...rest,
  };
}

export const buildDigest = digestOf('a build');
export const foundDigest: Digest = digestOf('what was built');
