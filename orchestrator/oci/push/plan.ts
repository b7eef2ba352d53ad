import { byCodeUnit } from '../../core/canonical-json.ts';
import type { Descriptor, OciDigest } from '../../core/oci.ts';
import type { ImageTree } from '../image/image-tree.ts';

/** An image, and where it is to go. */
export interface ImageToPush {
  /** In the registry, prefix and all: `eks-distro/etcd-io/etcd`. */
  readonly repository: string;
  readonly tags: readonly string[];
  readonly tree: ImageTree;
  /** The files in it that are not identical to the published ones. */
  readonly unverified: readonly UnverifiedFile[];
}

interface UnverifiedFile {
  readonly file: string;
  readonly verdict: string;
}

/** What a registry has of images that are to be pushed. */
export interface RegistryState {
  /** Blobs and manifests, each as `<repository>@<digest>`. */
  readonly present: ReadonlySet<string>;
  /** What tags point at: `<repository>:<tag>` to a digest. */
  readonly tags: ReadonlyMap<string, OciDigest>;
}

export interface PushRules {
  /** Whether a tag may be moved from another image. */
  readonly overwrite: boolean;
  /** Verdicts of files that may be pushed though they are not identical, and why. */
  readonly allow?: { readonly verdicts: readonly string[]; readonly reason: string };
}

/** What a push would do. Data only. */
export interface PushPlan {
  readonly host: string;
  readonly images: readonly PlannedImage[];
  /** Each blob once, the largest first. */
  readonly blobs: readonly PlannedBlob[];
  /** Why it may not be done; none where it may. */
  readonly refusals: readonly Refusal[];
  readonly bytes: BlobBytes;
}

export interface PlannedImage {
  readonly repository: string;
  readonly digest: OciDigest;
  /** Manifests, then the index where there is one, as far as the repository does not have them. */
  readonly documents: readonly Descriptor[];
  readonly tags: readonly PlannedTag[];
  /** A blob that images of one repository share counts for the first of them. */
  readonly bytes: BlobBytes;
  /** Files that are not identical and may be pushed all the same. */
  readonly allowed: { readonly files: readonly UnverifiedFile[]; readonly reason: string } | undefined;
}

export interface PlannedTag {
  readonly tag: string;
  /** `other`: it points at another image, and would be moved. */
  readonly state: 'new' | 'same' | 'other';
  readonly there: OciDigest | undefined;
}

interface PlannedBlob {
  readonly descriptor: Pick<Descriptor, 'digest' | 'size'>;
  /** In this order: what is mounted comes from where it was before, or from the first of these. */
  readonly moves: readonly BlobMove[];
}

interface BlobMove {
  readonly repository: string;
  /** The repository to mount from; undefined: uploaded. */
  readonly from: string | undefined;
}

export interface BlobBytes {
  readonly upload: number;
  readonly mount: number;
  readonly present: number;
}

export type Refusal =
  | { readonly kind: 'unverified'; readonly repository: string; readonly files: readonly UnverifiedFile[] }
  | {
      readonly kind: 'overwrite';
      readonly repository: string;
      readonly tag: string;
      readonly there: OciDigest;
      readonly digest: OciDigest;
    }
  | { readonly kind: 'tag-twice'; readonly repository: string; readonly tag: string };

/** Says what a push of these images would do, by what the registry has. */
export function planPush(
  host: string,
  images: readonly ImageToPush[],
  state: RegistryState,
  rules: PushRules,
): PushPlan {
  const blobs = planBlobs(images, state);
  const moves = new Map<string, BlobMove>();
  for (const { descriptor, moves: each } of blobs) {
    for (const move of each) moves.set(keyOf(move.repository, descriptor.digest), move);
  }
  const counted = new Set<string>();
  const planned = images.map((image): PlannedImage => {
    const { repository, tree } = image;
    const bytes = { upload: 0, mount: 0, present: 0 };
    for (const { digest, size } of tree.blobs) {
      const key = keyOf(repository, digest);
      if (counted.has(key)) continue;
      counted.add(key);
      const move = moves.get(key);
      bytes[move === undefined ? 'present' : move.from === undefined ? 'upload' : 'mount'] += size;
    }
    return {
      repository,
      digest: tree.descriptor.digest,
      documents: tree.documents.filter(({ digest }) => !state.present.has(keyOf(repository, digest))),
      tags: image.tags.map((tag) => planTag(image, tag, state)),
      bytes,
      allowed: allowedIn(image, rules),
    };
  });
  return {
    host,
    images: planned,
    blobs,
    refusals: refusalsOf(images, planned, rules),
    bytes: sumOf(planned),
  };
}

/** `<repository>@<digest>` */
export function keyOf(repository: string, digest: OciDigest): string {
  return `${repository}@${digest}`;
}

function planBlobs(images: readonly ImageToPush[], state: RegistryState): readonly PlannedBlob[] {
  const wanted = new Map<OciDigest, { readonly size: number; readonly repositories: Set<string> }>();
  for (const { repository, tree } of images) {
    for (const { digest, size } of tree.blobs) {
      const known = wanted.get(digest) ?? { size, repositories: new Set() };
      known.repositories.add(repository);
      wanted.set(digest, known);
    }
  }
  const blobs = [...wanted].map(([digest, { size, repositories }]): PlannedBlob => {
    const all = [...repositories].sort(byCodeUnit);
    const isThere = (repository: string): boolean => state.present.has(keyOf(repository, digest));
    const missing = all.filter((repository) => !isThere(repository));
    const source = all.find(isThere) ?? missing[0];
    const moves = missing.map((repository) => ({
      repository,
      from: repository === source ? undefined : source,
    }));
    return { descriptor: { digest, size }, moves };
  });
  const bySize = (a: PlannedBlob, b: PlannedBlob): number => {
    return b.descriptor.size - a.descriptor.size || byCodeUnit(a.descriptor.digest, b.descriptor.digest);
  };
  return blobs.filter(({ moves }) => moves.length > 0).sort(bySize);
}

function planTag({ repository, tree }: ImageToPush, tag: string, { tags }: RegistryState): PlannedTag {
  const there = tags.get(`${repository}:${tag}`);
  if (there === undefined) return { tag, state: 'new', there };
  return { tag, state: there === tree.descriptor.digest ? 'same' : 'other', there };
}

function isAllowed({ verdict }: UnverifiedFile, { allow }: PushRules): boolean {
  return allow?.verdicts.includes(verdict) ?? false;
}

function allowedIn({ unverified }: ImageToPush, rules: PushRules): PlannedImage['allowed'] {
  const files = unverified.filter((each) => isAllowed(each, rules));
  return files.length === 0 ? undefined : { files, reason: rules.allow?.reason ?? '' };
}

function refusalsOf(
  images: readonly ImageToPush[],
  planned: readonly PlannedImage[],
  rules: PushRules,
): readonly Refusal[] {
  const refusals: Refusal[] = [];
  for (const { repository, unverified } of images) {
    const files = unverified.filter((each) => !isAllowed(each, rules));
    if (files.length > 0) refusals.push({ kind: 'unverified', repository, files });
  }
  const digests = new Map<string, OciDigest>();
  for (const { repository, digest, tags } of planned) {
    for (const { tag, state, there } of tags) {
      const first = digests.get(`${repository}:${tag}`) ?? digest;
      digests.set(`${repository}:${tag}`, first);
      if (first !== digest) refusals.push({ kind: 'tag-twice', repository, tag });
      if (state === 'other' && there !== undefined && !rules.overwrite) {
        refusals.push({ kind: 'overwrite', repository, tag, there, digest });
      }
    }
  }
  return refusals;
}

function sumOf(images: readonly PlannedImage[]): BlobBytes {
  const sum = { upload: 0, mount: 0, present: 0 };
  for (const { bytes } of images) {
    sum.upload += bytes.upload;
    sum.mount += bytes.mount;
    sum.present += bytes.present;
  }
  return sum;
}
