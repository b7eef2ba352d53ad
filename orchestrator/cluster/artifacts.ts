import type { Lock } from '../config/lock/lock.ts';
import { byCodeUnit } from '../core/canonical-json.ts';
import type { Digest } from '../core/digest.ts';
import type { Artifacts, FileSum } from './cluster-release.ts';

const kubernetes = 'kubernetes/kubernetes';
const plugins = 'containernetworking/plugins';

/** Where EKS Distro publishes the files of a release. */
function publishedUrl({ branch, number }: Pick<Lock, 'branch' | 'number'>): string {
  return `https://distro.eks.amazonaws.com/kubernetes-${branch}/releases/${number}/artifacts`;
}

/** A file that was built here, as `<project> <platform> <name>`. */
export function fileKey(project: string, platform: string, name: string): string {
  return [project, platform, name].join(' ');
}

/**
 * The files that nodes need, as EKS Distro lays them out: `kubernetes/<tag>/bin/<os>/<arch>/kubelet` and
 * `plugins/<tag>/cni-plugins-<os>-<arch>-<tag>.tar.gz`.
 * @param url what the release's files lie below; the published ones where it is undefined.
 * @param rebuilt SHA-256 of what was built, by `fileKey`; where it speaks of a file, the published one does not count.
 */
export function artifactsOf(
  lock: Lock,
  url: string | undefined,
  rebuilt: ReadonlyMap<string, Digest>,
): Artifacts {
  const { projects } = lock;
  const tag = projects[plugins]?.tag;
  const folder = `kubernetes/${projects[kubernetes]?.tag ?? ''}`;
  const archive = (platform: string): string =>
    `plugins/${tag}/cni-plugins-${platform.replace('/', '-')}-${tag}`;
  const sums = [
    ...sumsOf(kubernetes, projects, rebuilt, (platform, name) => `${folder}/bin/${platform}/${name}`),
    ...sumsOf(plugins, projects, rebuilt, (platform, name) => `${archive(platform)}/${name}`),
  ];
  return {
    url: (url ?? publishedUrl(lock)).replace(/\/+$/, ''),
    kubernetes: folder,
    plugins:
      tag === undefined
        ? {}
        : { amd64: `${archive('linux/amd64')}.tar.gz`, arm64: `${archive('linux/arm64')}.tar.gz` },
    sums: sums.sort((a, b) => byCodeUnit(a.path, b.path)),
  };
}

function sumsOf(
  project: string,
  projects: Lock['projects'],
  rebuilt: ReadonlyMap<string, Digest>,
  pathOf: (platform: string, name: string) => string,
): readonly FileSum[] {
  const sums = new Map<string, FileSum>();
  const checksums = projects[project]?.checksums;
  // What upstream did not compare may be of an earlier build.
  for (const { platform, name, sha256 } of checksums?.authority === 'built' ? checksums.files : []) {
    const path = pathOf(platform, name);
    sums.set(path, { path, sha256, from: 'published' });
  }
  for (const [key, sha256] of rebuilt) {
    const [of, platform = '', name = ''] = key.split(' ');
    if (of !== project) continue;
    const path = pathOf(platform, name);
    sums.set(path, { path, sha256, from: 'rebuilt' });
  }
  return [...sums.values()];
}
