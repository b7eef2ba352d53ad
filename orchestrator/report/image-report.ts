import type { Failure } from '../core/failure.ts';
import type { OciDigest } from '../core/oci.ts';
import type { Platform } from '../core/platform.ts';
import type { ProgramInImage, UnverifiedProgram } from '../verdict/verify/verify-image.ts';

/** What became of one image. */
export interface ImageReport {
  /** The repository below a registry's prefix: `etcd-io/etcd`. */
  readonly image: string;
  readonly project: string;
  /** As published: `v3.5.13-eks-1-30-5`. */
  readonly tag: string;
  /** What it stands on: a base image's name, another image's, or `scratch`. */
  readonly standsOn: string;
  /** The base image at its bottom; absent where there is none, or none could be had. */
  readonly base?: ImageBase;
  /** Of the index; absent where it was not made. */
  readonly digest?: OciDigest;
  readonly platforms: readonly ImagePlatform[];
  /** All that it holds, those of the image that it stands on too. */
  readonly programs: readonly ProgramInImage[];
  /** Programs in it that are not what was published. */
  readonly unverified: readonly UnverifiedProgram[];
  /** Why it was not made. */
  readonly failure?: Failure;
}

interface ImagePlatform {
  readonly platform: Platform;
  readonly digest: OciDigest;
  /** As they are pulled, the lowest first. `size`: bytes. */
  readonly layers: readonly { readonly digest: OciDigest; readonly size: number }[];
}

/** `from`: the published one, one that the settings name, or one of our own on that distribution. */
export type ImageBase =
  | { readonly from: 'published' | 'settings'; readonly reference: string }
  | { readonly from: 'al2' | 'al2023' };

/**
 * `verified`: it holds only what was published. `unpublished`: that, and what nothing published speaks of: it was compiled
 * here, so it can neither agree nor differ. `unverified`: it holds something else.
 */
export type ImageState = 'verified' | 'unpublished' | 'unverified' | 'not-made';

export function imageState({
  digest,
  unverified,
  programs,
}: Pick<ImageReport, 'unverified' | 'programs'> & { readonly digest?: OciDigest | undefined }): ImageState {
  if (digest === undefined) return 'not-made';
  if (unverified.length > 0) return 'unverified';
  return unpublishedPrograms({ programs }).length > 0 ? 'unpublished' : 'verified';
}

/** What is to be said of those files. */
export const nothingPublished = "Upstream's own cannot come out again, and no hash of it is published.";

/** The files of an image that nothing published speaks of: `pause`. */
export function unpublishedPrograms({ programs }: Pick<ImageReport, 'programs'>): readonly string[] {
  return [...new Set(programs.filter(({ compiled }) => compiled !== undefined).map(({ file }) => file))];
}
