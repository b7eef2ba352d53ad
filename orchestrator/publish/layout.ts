import type { RegistryPlace } from '../core/registry-place.ts';

/** Where upstream has the files of a release: paths below the site's root, `/`-separated. */

/** `kubernetes-1-30-eks-5` */
export function releaseResourceName(channel: string, number: number): string {
  return `kubernetes-${channel}-eks-${number}`;
}

/** The folder of all that belongs to a channel: `kubernetes-1-30`. */
function channelFolder(channel: string): string {
  return `kubernetes-${channel}`;
}

export function manifestPath(channel: string, number: number): string {
  return `${channelFolder(channel)}/${releaseResourceName(channel, number)}.yaml`;
}

/** What `PlannedFile.path` is below. */
export function artifactsFolder(channel: string, number: number): string {
  return `${channelFolder(channel)}/releases/${number}/artifacts`;
}

/** What changed since a release before it. Upstream has it among its documentation. */
export function changelogPath(channel: string, number: number): string {
  return `${channelFolder(channel)}/releases/${number}/CHANGELOG-v${channel}-eks-${number}.md`;
}

export function channelPath(channel: string): string {
  return `releasechannels/${channel}.yaml`;
}

export const crdPaths = {
  releases: 'crds/releases.distro.eks.amazonaws.com-v1alpha1.yaml',
  releasechannels: 'crds/releasechannels.distro.eks.amazonaws.com-v1alpha1.yaml',
} as const;

/** Where upstream's images are. */
export const upstreamRegistry: RegistryPlace = { host: 'public.ecr.aws', prefix: 'eks-distro' };

/** Where upstream's releases are, without a slash at its end. */
export const upstreamBaseUri = 'https://distro.eks.amazonaws.com';

/** What is behind the path of a file in that of the bundle which says how it was made. Upstream has none; no list and no sum names it. */
export const bundleEnding = '.sigstore.json';
