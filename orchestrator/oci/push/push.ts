import { readFile } from 'node:fs/promises';
import { defined } from '../../core/defined.ts';
import type { Bytes } from '../../core/event.ts';
import type { Failure } from '../../core/failure.ts';
import { type Descriptor, isIndexType, type OciDigest } from '../../core/oci.ts';
import { err, ok, type Result } from '../../core/result.ts';
import { inParallel } from '../../tool/http/in-parallel.ts';
import { blobFile, type ImageTree } from '../image/image-tree.ts';
import { ociDigestOf } from '../image/layout.ts';
import { blobInFile } from '../registry/body.ts';
import { type Document, headManifest, putManifest } from '../registry/manifests.ts';
import type { Registry } from '../registry/registry.ts';
import {
  type BlobBytes,
  type ImageToPush,
  keyOf,
  type PlannedImage,
  type PlannedTag,
  type PushPlan,
} from './plan.ts';
import { refusalOf } from './refusal.ts';
import { uploadBlob } from './upload.ts';

export interface PushOptions {
  /** Blobs, and then manifests, at once. */
  readonly atOnce?: number;
  /** Bytes that one request carries at most. */
  readonly chunkSize?: number;
  /** Of a push that breaks off, this is all that tells how far it came. */
  readonly onCame?: (came: CameOf) => void;
  /** Told how much of what has to be uploaded is on its way, or there. */
  readonly onSent?: (bytes: Bytes) => void;
}

/** Something that is in the registry now: a blob, or a manifest by its digest or by a tag. */
export type CameOf = PushedBlob | { readonly repository: string; readonly name: string };

/** A blob that came into a repository. */
interface PushedBlob {
  readonly repository: string;
  readonly digest: OciDigest;
  /** Bytes. */
  readonly size: number;
  readonly how: 'mounted' | 'uploaded';
}

/** What became of one image. */
interface PushedImage {
  readonly repository: string;
  /** Of the index, or of the one manifest where there is none. */
  readonly digest: OciDigest;
  /** The manifest of each platform. */
  readonly platforms: readonly { readonly platform: string; readonly digest: OciDigest }[];
  /** As they were before. */
  readonly tags: readonly PlannedTag[];
  readonly bytes: BlobBytes;
  readonly allowed: PlannedImage['allowed'];
}

/** What a push did. */
export interface PushRecord {
  readonly host: string;
  readonly images: readonly PushedImage[];
}

const usuallyAtOnce = 4;

/** An image with what is planned for it. */
interface Pair {
  readonly planned: PlannedImage;
  readonly tree: ImageTree;
}

/**
 * Carries out a plan: all blobs, then the platforms' manifests, then the indexes by digest, and last the tags. So a
 * failure leaves no manifest or index that names what is not there, and no tag on less than all of this push; planned and
 * pushed again, only what is left is done. @param images those that the plan was made for, in that order.
 * Errors: `usage` where the plan may not be carried out, or a tag has moved since; `network`, `digest-mismatch`,
 * `aborted`. @throws system errors of reading.
 */
export async function pushImages(
  registry: Registry,
  plan: PushPlan,
  images: readonly ImageToPush[],
  options: PushOptions = {},
): Promise<Result<PushRecord, Failure>> {
  const refused = refusalOf(plan);
  if (refused !== undefined) return err(refused);
  const atOnce = options.atOnce ?? usuallyAtOnce;
  const pairs = plan.images.map((planned, at): Pair => ({ planned, tree: treeOf(images, at, planned) }));
  const pushed = new Map<string, PushedBlob>();
  const blobs = await pushBlobs(registry, plan, pairs, atOnce, options, (blob) => {
    pushed.set(keyOf(blob.repository, blob.digest), blob);
    options.onCame?.(blob);
  });
  if (!blobs.ok) return blobs;
  for (const isIndex of [false, true]) {
    const documents = pairs.flatMap(({ planned, tree }) => {
      const now = planned.documents.filter(({ mediaType }) => isIndexType(mediaType) === isIndex);
      return now.map((descriptor) => ({ repository: planned.repository, descriptor, tree }));
    });
    const put = await inParallel(documents, atOnce, async ({ repository, descriptor, tree }) => {
      const document = await readDocument(tree, descriptor);
      if (!document.ok) return document;
      const done = await putManifest(registry, repository, descriptor.digest, document.value);
      if (done.ok) options.onCame?.({ repository, name: descriptor.digest });
      return done;
    });
    if (!put.ok) return put;
  }
  const tags = pairs.flatMap((pair) => {
    const wrong = pair.planned.tags.filter(({ state }) => state !== 'same');
    return wrong.map((tag) => ({ ...pair, tag }));
  });
  const tagged = await inParallel(tags, atOnce, async ({ planned, tree, tag }) => {
    const done = await putTag(registry, planned, tree, tag);
    if (done.ok) options.onCame?.({ repository: planned.repository, name: tag.tag });
    return done;
  });
  if (!tagged.ok) return tagged;
  return ok({ host: plan.host, images: pairs.map((pair) => recordOf(pair, pushed)) });
}

function treeOf(images: readonly ImageToPush[], at: number, { repository, digest }: PlannedImage): ImageTree {
  const image = images[at];
  if (image?.repository === repository && image.tree.descriptor.digest === digest) return image.tree;
  throw new TypeError(`the plan is for other images: ${repository}@${digest}`);
}

async function pushBlobs(
  registry: Registry,
  plan: PushPlan,
  pairs: readonly Pair[],
  atOnce: number,
  { chunkSize, onSent }: PushOptions,
  onBlob: (blob: PushedBlob) => void,
): Promise<Result<unknown, Failure>> {
  const sent = sumOfSent(plan, onSent);
  const trees = new Map(pairs.flatMap(({ tree }) => tree.blobs.map(({ digest }) => [digest, tree])));
  return inParallel(plan.blobs, atOnce, async ({ descriptor, moves }) => {
    const { digest, size } = descriptor;
    const blob = blobInFile(blobFile(trees.get(digest) as ImageTree, descriptor), descriptor);
    for (const { repository, from } of moves) {
      const limits = chunkSize === undefined ? {} : { chunkSize };
      const how = await uploadBlob(registry, repository, blob, {
        ...limits,
        ...defined({ from }),
        onSent: (bytes) => sent(keyOf(repository, digest), bytes, from === undefined ? 0 : size),
      });
      if (!how.ok) return how;
      onBlob({ repository, digest, size, how: how.value });
    }
    return ok(undefined);
  });
}

/** Sums what is told of single blobs; one whose mount was refused has to be uploaded besides what was planned. */
function sumOfSent(
  { bytes }: PushPlan,
  onSent: PushOptions['onSent'],
): (key: string, bytes: number, unplanned: number) => void {
  const sent = new Map<string, number>();
  const sum = { done: 0, total: bytes.upload };
  return (key, now, unplanned) => {
    if (!sent.has(key)) sum.total += unplanned;
    sum.done += now - (sent.get(key) ?? 0);
    sent.set(key, now);
    onSent?.({ ...sum });
  };
}

async function readDocument(tree: ImageTree, descriptor: Descriptor): Promise<Result<Document, Failure>> {
  const bytes = await readFile(blobFile(tree, descriptor));
  const digest = ociDigestOf(bytes);
  if (digest === descriptor.digest) return ok({ mediaType: descriptor.mediaType, digest, bytes });
  const [expected, found] = [descriptor.digest, digest].map((each) => each.slice('sha256:'.length)) as [
    string,
    string,
  ];
  return err({
    reason: 'digest-mismatch',
    what: `The manifest ${descriptor.digest} to be pushed`,
    expected,
    found,
  });
}

/** Tags an image, if the tag is still what it was when the plan was made. */
async function putTag(
  registry: Registry,
  { repository, digest }: PlannedImage,
  tree: ImageTree,
  { tag, there }: PlannedTag,
): Promise<Result<unknown, Failure>> {
  const now = await headManifest(registry, repository, tag);
  if (!now.ok || now.value === digest) return now;
  if (now.value !== there) {
    const message = `${registry.host}/${repository}:${tag} moved to ${now.value ?? 'nothing'} during the push.`;
    return err({ reason: 'usage', message, help: 'Someone else pushes there. Look at it, and plan again.' });
  }
  const document = await readDocument(tree, tree.descriptor);
  return document.ok ? putManifest(registry, repository, tag, document.value) : document;
}

/** What is planned, but for blobs whose mount the registry refused: those were uploaded. Takes what it counts. */
function recordOf({ planned, tree }: Pair, pushed: Map<string, PushedBlob>): PushedImage {
  const { repository, digest, tags, allowed, bytes } = planned;
  const done = { mounted: 0, uploaded: 0 };
  for (const blob of tree.blobs) {
    const key = keyOf(repository, blob.digest);
    const { how, size } = pushed.get(key) ?? {};
    if (how !== undefined && size !== undefined) done[how] += size;
    pushed.delete(key);
  }
  const present = bytes.upload + bytes.mount + bytes.present - done.mounted - done.uploaded;
  return {
    repository,
    digest,
    platforms: tree.images.map((each) => ({ platform: each.platform, digest: each.descriptor.digest })),
    tags,
    bytes: { upload: done.uploaded, mount: done.mounted, present },
    allowed,
  };
}
