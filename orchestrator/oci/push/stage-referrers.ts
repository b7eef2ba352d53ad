import { canonicalJson, type Json } from '../../core/canonical-json.ts';
import { defined } from '../../core/defined.ts';
import type { Failure } from '../../core/failure.ts';
import { type Descriptor, mediaType, type OciDigest } from '../../core/oci.ts';
import { ok, type Result } from '../../core/result.ts';
import { inParallel } from '../../tool/http/in-parallel.ts';
import { ociDigestOf } from '../image/layout.ts';
import { hasBlob } from '../registry/blobs.ts';
import { blobOf } from '../registry/body.ts';
import { listReferrers, type Referrers, referrersTag } from '../registry/lists.ts';
import { type Document, headManifest, putManifest } from '../registry/manifests.ts';
import type { Registry } from '../registry/registry.ts';
import { uploadBlob } from './upload.ts';

/** What something is said of. */
export type Subject = Pick<Descriptor, 'mediaType' | 'digest' | 'size'>;

/** Something that is said of an image: a provenance statement, for one. */
export interface Referrer {
  /** `application/vnd.in-toto+json` */
  readonly artifactType: string;
  readonly blob: { readonly mediaType: string; readonly bytes: Buffer };
  readonly annotations?: Readonly<Record<string, string>>;
}

/** Manifests that are written at once. */
const atOnce = 4;

/** The empty blob that stands for a config (OCI image specification 1.1, "Guidance for an Empty Descriptor"). */
const emptyBytes = Buffer.from('{}');

/** Referrers whose blobs are in the registry; nothing refers to the image yet. */
export interface StagedReferrers {
  /** Once the image is there. Gives the manifests' digests, in the order of the referrers. Errors: those of `stageReferrers`. */
  attach(): Promise<Result<readonly OciDigest[], Failure>>;
}

/**
 * Brings what refers to an image to its repository, which does not want the image to be there: it is on its way beside the layers.
 * Attached, it has manifests, and where the registry keeps no list of such, they are in the index under the fallback tag, all at once.
 * The same given twice writes nothing the second time. Errors: `network`, `usage`, `digest-mismatch`.
 * @param before what `listReferrers` says of the image.
 */
export async function stageReferrers(
  registry: Registry,
  repository: string,
  subject: Subject,
  referrers: readonly Referrer[],
  before: Referrers,
): Promise<Result<StagedReferrers, Failure>> {
  const manifests = referrers.map((referrer) => ({ referrer, manifest: manifestOf(referrer, subject) }));
  const listed = new Set(before.manifests.map(({ digest }) => digest));
  // What is listed is there, as a rule, and what is not listed is not: each is asked for only where that saves something.
  const missing = await inParallel(manifests, atOnce, async (each) => {
    if (!listed.has(each.manifest.digest)) return ok(each);
    const there = await headManifest(registry, repository, each.manifest.digest);
    return there.ok ? ok(there.value === undefined ? each : undefined) : there;
  });
  if (!missing.ok) return missing;
  const due = missing.value.filter((each) => each !== undefined);
  const config = due.length === 0 ? ok(undefined) : await writeEmpty(registry, repository);
  if (!config.ok) return config;
  const uploaded = await inParallel(due, atOnce, ({ referrer }) =>
    uploadBlob(registry, repository, blobOf(referrer.blob.bytes)),
  );
  if (!uploaded.ok) return uploaded;
  return ok({
    async attach() {
      const written = await inParallel(due, atOnce, ({ manifest }) =>
        putManifest(registry, repository, manifest.digest, manifest),
      );
      if (!written.ok) return written;
      const unlisted = manifests.filter(({ manifest }) => !listed.has(manifest.digest));
      const tagged =
        before.kept === 'tag' ? await addToTag(registry, repository, subject, unlisted) : ok(undefined);
      return tagged.ok ? ok(manifests.map(({ manifest }) => manifest.digest)) : tagged;
    },
  });
}

/** Adds to the index under the fallback tag, as it is now that the image is there: a list that is kept may speak of what is there alone. */
async function addToTag(
  registry: Registry,
  repository: string,
  subject: Subject,
  unlisted: readonly { readonly referrer: Referrer; readonly manifest: Document }[],
): Promise<Result<unknown, Failure>> {
  if (unlisted.length === 0) return ok(undefined);
  const now = await listReferrers(registry, repository, subject.digest);
  if (!now.ok || now.value.kept === 'list') return now;
  const there = new Set(now.value.manifests.map(({ digest }) => digest));
  const added = unlisted
    .filter(({ manifest }) => !there.has(manifest.digest))
    .map(({ referrer, manifest }) => describe(manifest, referrer));
  const index = indexOf([...now.value.manifests, ...added]);
  return putManifest(registry, repository, referrersTag(subject.digest), index);
}

/** Writes what all of them have for a config, where it is not there. */
async function writeEmpty(registry: Registry, repository: string): Promise<Result<unknown, Failure>> {
  const has = await hasBlob(registry, repository, ociDigestOf(emptyBytes));
  return !has.ok || has.value ? has : uploadBlob(registry, repository, blobOf(emptyBytes));
}

function manifestOf({ artifactType, blob, annotations }: Referrer, subject: Subject): Document {
  return document(mediaType.manifest, {
    schemaVersion: 2,
    mediaType: mediaType.manifest,
    artifactType,
    config: { mediaType: mediaType.empty, digest: ociDigestOf(emptyBytes), size: emptyBytes.length },
    layers: [{ mediaType: blob.mediaType, digest: ociDigestOf(blob.bytes), size: blob.bytes.length }],
    subject: { mediaType: subject.mediaType, digest: subject.digest, size: subject.size },
    ...defined({ annotations }),
  });
}

/** How lists and the fallback index name it: with the artifact's type and the manifest's annotations. */
function describe(manifest: Document, { artifactType, annotations }: Referrer): Descriptor {
  return {
    mediaType: manifest.mediaType,
    digest: manifest.digest,
    size: manifest.bytes.length,
    artifactType,
    ...defined({ annotations }),
  };
}

function indexOf(manifests: readonly Descriptor[]): Document {
  return document(mediaType.index, {
    schemaVersion: 2,
    mediaType: mediaType.index,
    manifests: manifests as unknown as Json,
  });
}

function document(type: string, content: Json): Document {
  const bytes = Buffer.from(canonicalJson(content));
  return { mediaType: type, digest: ociDigestOf(bytes), bytes };
}
