import { canonicalJson, type Json } from '../../core/canonical-json.ts';
import { defined } from '../../core/defined.ts';
import type { Failure } from '../../core/failure.ts';
import { type Descriptor, mediaType, type OciDigest } from '../../core/oci.ts';
import { ok, type Result } from '../../core/result.ts';
import { inParallel } from '../../tool/http/in-parallel.ts';
import { ociDigestOf } from '../image/layout.ts';
import { hasBlob } from '../registry/blobs.ts';
import { blobOf } from '../registry/body.ts';
import { type Referrers, referrersTag } from '../registry/lists.ts';
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

/**
 * Writes manifests that refer to an image, and, where the registry keeps no list of such, adds them to the index under
 * the fallback tag, all at once. The same given twice writes nothing the second time. Gives the manifests' digests in order.
 * Errors: `network`, `usage`, `digest-mismatch`. @param before what `listReferrers` says of the image now.
 */
export async function attachReferrers(
  registry: Registry,
  repository: string,
  subject: Subject,
  referrers: readonly Referrer[],
  before: Referrers,
): Promise<Result<readonly OciDigest[], Failure>> {
  const manifests = referrers.map((referrer) => ({ referrer, manifest: manifestOf(referrer, subject) }));
  const listed = new Set(before.manifests.map(({ digest }) => digest));
  const unlisted = manifests.filter(({ manifest }) => !listed.has(manifest.digest));
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
  const written = await inParallel(due, atOnce, async ({ referrer, manifest }) => {
    const uploaded = await uploadBlob(registry, repository, blobOf(referrer.blob.bytes));
    return uploaded.ok ? putManifest(registry, repository, manifest.digest, manifest) : uploaded;
  });
  if (!written.ok) return written;
  if (before.kept === 'tag' && unlisted.length > 0) {
    const added = unlisted.map(({ referrer, manifest }) => describe(manifest, referrer));
    const index = indexOf([...before.manifests, ...added]);
    const tagged = await putManifest(registry, repository, referrersTag(subject.digest), index);
    if (!tagged.ok) return tagged;
  }
  return ok(manifests.map(({ manifest }) => manifest.digest));
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
