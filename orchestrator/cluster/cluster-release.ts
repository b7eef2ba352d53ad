import type { Digest } from '../core/digest.ts';
import type { Failure } from '../core/failure.ts';
import type { OciDigest } from '../core/oci.ts';
import type { RegistryPlace } from '../core/registry-place.ts';
import { err, ok, type Result } from '../core/result.ts';
import type { ReleaseImage } from './image-names.ts';

/** What configuration of a cluster is made from. */
export interface ClusterRelease {
  /** `v1-30-eks-5` */
  readonly release: string;
  /** `1-30` */
  readonly branch: string;
  readonly images: readonly ReleaseImage[];
  readonly place: RegistryPlace;
  /** Of the indexes that were made, by `<name>:<tag>`; those that are not known are missing. */
  readonly digests: ReadonlyMap<string, OciDigest>;
  readonly artifacts: Artifacts;
  /** What its manifest is called, where files, sums and digests are by one: `kubernetes-1-30-eks-5`. */
  readonly manifest?: string | undefined;
}

/** The release's files, as they lie below a URL. */
export interface Artifacts {
  /** Without a slash at its end. */
  readonly url: string;
  /** The folder of Kubernetes below it: `kubernetes/v1.30.1`. */
  readonly kubernetes: string;
  /** The archives of the network plugins below it, by architecture; none where the release has none. */
  readonly plugins: Readonly<Record<string, string>>;
  /** In code-unit order of the paths. What is in an archive stands below the archive's name without its ending. */
  readonly sums: readonly FileSum[];
}

export interface FileSum {
  /** Below the URL. */
  readonly path: string;
  readonly sha256: Digest;
  /** `published`: what upstream lists. `rebuilt`: what came out of a run here. `manifest`: what the release's says. */
  readonly from: 'published' | 'rebuilt' | 'manifest';
}

/** The minor of a branch: 30 of `1-30`. */
export function minorOf({ branch }: Pick<ClusterRelease, 'branch'>): number {
  return Number(branch.split('-')[1]);
}

/** An image that no cluster does without. Errors: `usage` where the release does not have it. */
export function neededImage(release: ClusterRelease, name: string): Result<ReleaseImage, Failure> {
  const image = findImage(release, name);
  if (image !== undefined) return ok(image);
  const message = `${release.release} has no image ${name}, and no cluster starts without one.`;
  const help = 'Name a release that has Kubernetes, etcd and CoreDNS: "eksd-rebuild releases" lists them.';
  return err({ reason: 'usage', message, help });
}

export function findImage(
  { images }: Pick<ClusterRelease, 'images'>,
  name: string,
): ReleaseImage | undefined {
  return images.find((image) => image.name === name);
}
