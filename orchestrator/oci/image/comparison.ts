import type { Json } from '../../core/canonical-json.ts';
import type { OciDigest } from '../../core/oci.ts';
import type { Oddity } from './merge-layer.ts';

/** `identical`: the same manifest. `equivalent`: they differ in nothing but what was set aside. */
export type ImageVerdict = 'identical' | 'equivalent' | 'different';

/** How two images compare, the first (`a`) with the second (`b`). All of it is JSON. */
export interface ImageComparison {
  /** The gravest of the platforms'; `different` too where one image has a platform that the other has not. */
  readonly verdict: ImageVerdict;
  readonly platforms: readonly PlatformComparison[];
  readonly onlyInA: readonly string[];
  readonly onlyInB: readonly string[];
}

export interface PlatformComparison {
  /** `linux/amd64`, or `windows/amd64 10.0.17763`. */
  readonly platform: string;
  readonly verdict: ImageVerdict;
  readonly a: ImageIdentity;
  readonly b: ImageIdentity;
  /** By path. */
  readonly files: readonly FileDifference[];
  readonly config: readonly ConfigDifference[];
  readonly packages: readonly PackageDifference[];
  readonly setAside: readonly SetAside[];
}

export interface ImageIdentity {
  /** Of the manifest; null of what `docker save` wrote. */
  readonly manifest: OciDigest | null;
  readonly config: OciDigest;
  readonly layers: number;
  /** Paths, the root among them. */
  readonly paths: number;
  /** Packages in its rpm database; null where it has none. */
  readonly packages: number | null;
  /** Why it has one that could not be read; its files count then. */
  readonly unreadPackages: string | null;
  readonly oddities: readonly Oddity[];
}

export interface FileDifference {
  readonly path: string;
  /** From a to b. */
  readonly change: 'added' | 'removed' | 'changed';
  /** What it is: where it changed from one kind to another, what it is in b. */
  readonly kind: string;
  /** Whether what differs is the content of a program or library. */
  readonly isProgram: boolean;
  /** Empty unless it changed. */
  readonly aspects: readonly Aspect[];
}

export interface Aspect {
  readonly aspect: 'kind' | 'mode' | 'owner' | 'size' | 'content' | 'target' | 'device' | 'xattrs';
  readonly a: string;
  readonly b: string;
}

export interface ConfigDifference {
  /** `User`, `Env PATH`, `Labels org.opencontainers.image.title`, `architecture` */
  readonly field: string;
  /** Null where it is not set. */
  readonly a: Json;
  readonly b: Json;
}

export interface PackageDifference {
  readonly name: string;
  readonly arch: string;
  /** `[epoch:]version-release`; null where it is not installed. */
  readonly a: string | null;
  readonly b: string | null;
  /** Tags of rpm's header whose values differ, where both are of the same version. */
  readonly tags: readonly string[];
}

export interface SetAside {
  readonly name: Normalization;
  /** How often; what is counted, `what` says. */
  readonly count: number;
  /** `times of files`: after the count. */
  readonly what: string;
}

export type Normalization = keyof typeof normalizations;

/** What does not count as a difference, and what the count beside each counts. */
const normalizations = {
  timestamps: 'times of paths',
  'implied-folders': 'folders that only the paths below them tell of in one of the images',
  'hard-links': 'paths that are one file with others in one of the images',
  'rpm-database': 'files of the rpm database, whose packages were compared instead',
  'layer-count': 'layers more in one of the images',
  'layer-division': 'paths that are in another layer',
  'layer-compression': 'layers that are packed in another way',
  'archive-encoding':
    'layers with members in another order or form, or with other things that upper layers hide',
  created: 'date of the image',
  history: 'entries of the history',
  'builder-fields': 'fields of the config that tell of the builder, not of how the image is run',
  'inline-cache': 'fields of the config that BuildKit keeps its cache in',
  'default-values': 'fields of the config that one of the images leaves out, with the same meaning',
  'environment-order': 'variables in another place',
  'architecture-variant': 'names of the only variant there is',
  'media-types': 'media types of the same meaning',
  annotations: 'annotations of the manifest',
  'missing-manifest': 'images without a manifest',
  'document-encoding': 'documents with the same content in other bytes',
} as const;

/** Puts one normalization into words; nothing where nothing was set aside. */
export function setAside(name: Normalization, count: number): readonly SetAside[] {
  return count === 0 ? [] : [{ name, count, what: normalizations[name] }];
}
