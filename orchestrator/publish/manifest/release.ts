import type { Failure } from '../../core/failure.ts';
import type { Result } from '../../core/result.ts';

/** A `Release` of `distro.eks.amazonaws.com/v1alpha1`: what a release is made of, and where that is. */
export interface ReleaseManifest {
  /** `kubernetes-1-30-eks-5` */
  readonly name: string;
  /** `1-30`, or a name of one's own. */
  readonly channel: string;
  readonly number: number;
  /** In upstream's first release alone. */
  readonly buildRepoCommit?: string;
  /** RFC 3339, UTC, seconds. */
  readonly date: string;
  readonly annotations: Readonly<Record<string, string>>;
  readonly components: readonly ManifestComponent[];
}

export interface ManifestComponent {
  readonly name: string;
  readonly gitTag?: string;
  readonly gitCommit?: string;
  readonly assets: readonly ManifestAsset[];
}

export type ManifestAsset = ArchiveAsset | ImageAsset;

interface AnyAsset {
  /** Within its component. */
  readonly name: string;
  readonly description?: string;
  /** `linux`, `darwin`, `windows`. */
  readonly os?: string;
  /** `amd64`, `arm64`: one for archives, both for images. */
  readonly arch?: readonly string[];
}

/** Any file: programs and image tars too. Hashes are lower-case hexadecimal. */
export interface ArchiveAsset extends AnyAsset {
  readonly type: 'Archive';
  readonly archive: { readonly uri: string; readonly sha256: string; readonly sha512: string };
}

export interface ImageAsset extends AnyAsset {
  readonly type: 'Image';
  /** The digest, `sha256:<hex>`, is the index's. */
  readonly image: { readonly uri: string; readonly imageDigest?: string };
}

/** Reads upstream's and ours, strictly. Errors: `configuration`, every complaint at its line and column. */
export declare function readReleaseManifest(text: string, file: string): Result<ReleaseManifest, Failure>;

/** As YAML: sorted, the same text for the same content. */
export declare function writeReleaseManifest(manifest: ReleaseManifest): string;
