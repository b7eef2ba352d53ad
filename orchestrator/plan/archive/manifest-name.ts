import type { ComponentName } from '../../config/project/archive.ts';
import { type Platform, platformParts } from '../../core/platform.ts';
import { holds, type Subject } from '../condition.ts';

/** What the manifest of a release calls a file or an image. */
export interface ManifestAssetName {
  readonly component: string;
  readonly name: string;
  readonly description: string;
  readonly os?: 'linux' | 'darwin' | 'windows';
  readonly arch?: readonly string[];
}

/** What a component is called in a release; undefined: in no manifest. */
export function componentOf(component: ComponentName | undefined, subject: Subject): string | undefined {
  if (typeof component !== 'object') return component;
  return component.find(({ when }) => holds(when, subject))?.name;
}

/**
 * What a manifest calls an image: as upstream's release tool has named every one of them (eks-distro-build-tooling,
 * release/pkg/assets_*.go). @param image its repository.
 */
export function imageAssetName(
  component: string,
  image: string,
  platforms: readonly Platform[],
): ManifestAssetName {
  const name = lastPart(image);
  return {
    component,
    name: `${name}-image`,
    description: `${name} container image`,
    os: 'linux',
    arch: platforms.map((platform) => platformParts(platform).arch),
  };
}

/** `kube-apiserver` of `kubernetes/kube-apiserver` */
export function lastPart(path: string): string {
  return path.split('/').at(-1) ?? path;
}
