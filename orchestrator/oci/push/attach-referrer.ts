import { canonicalJson, type Json } from '../../core/canonical-json.ts';
import { defined } from '../../core/defined.ts';
import type { Failure } from '../../core/failure.ts';
import { type Descriptor, mediaType, type OciDigest } from '../../core/oci.ts';
import { ok, type Result } from '../../core/result.ts';
import { ociDigestOf } from '../image/layout.ts';
import { hasBlob } from '../registry/blobs.ts';
import { blobOf } from '../registry/body.ts';
import { listReferrers, type Referrers, referrersTag } from '../registry/lists.ts';
import { type Document, headManifest, putManifest } from '../registry/manifests.ts';
import type { Registry } from '../registry/registry.ts';
import { uploadBlob } from './upload.ts';

/** Something that is said of an image: a provenance statement, for one. */
export interface Referrer {
  /** What it is said of. */
  readonly subject: Pick<Descriptor, 'mediaType' | 'digest' | 'size'>;
  /** `application/vnd.in-toto+json` */
  readonly artifactType: string;
  readonly blob: { readonly mediaType: string; readonly bytes: Buffer };
  readonly annotations?: Readonly<Record<string, string>>;
}

/** The empty blob that stands for a config (OCI image specification 1.1, "Guidance for an Empty Descriptor"). */
const emptyBytes = Buffer.from('{}');

/**
 * Writes a manifest that refers to an image, and, where the registry keeps no list of such, adds it to the index under
 * the fallback tag. The same given twice writes nothing the second time. Gives the manifest's digest.
 * Errors: `network`, `usage`, `digest-mismatch`.
 */
export async function attachReferrer(
  registry: Registry,
  repository: string,
  referrer: Referrer,
): Promise<Result<{ readonly digest: OciDigest; readonly isNew: boolean }, Failure>> {
  const manifest = manifestOf(referrer);
  const before = await listReferrers(registry, repository, referrer.subject.digest);
  if (!before.ok) return before;
  const there = await headManifest(registry, repository, manifest.digest);
  if (!there.ok) return there;
  const isListed = before.value.manifests.some(({ digest }) => digest === manifest.digest);
  if (isListed && there.value !== undefined) return ok({ digest: manifest.digest, isNew: false });
  for (const bytes of [emptyBytes, referrer.blob.bytes]) {
    const has = await hasBlob(registry, repository, ociDigestOf(bytes));
    if (!has.ok) return has;
    const uploaded = has.value ? ok(undefined) : await uploadBlob(registry, repository, blobOf(bytes));
    if (!uploaded.ok) return uploaded;
  }
  const put = await putManifest(registry, repository, manifest.digest, manifest);
  if (!put.ok) return put;
  if (before.value.kept === 'tag' && !isListed) {
    const index = indexOf(before.value, describe(manifest, referrer));
    const tagged = await putManifest(registry, repository, referrersTag(referrer.subject.digest), index);
    if (!tagged.ok) return tagged;
  }
  return ok({ digest: manifest.digest, isNew: true });
}

function manifestOf({ subject, artifactType, blob, annotations }: Referrer): Document {
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

function indexOf(before: Referrers, added: Descriptor): Document {
  return document(mediaType.index, {
    schemaVersion: 2,
    mediaType: mediaType.index,
    manifests: [...before.manifests, added] as unknown as Json,
  });
}

function document(type: string, content: Json): Document {
  const bytes = Buffer.from(canonicalJson(content));
  return { mediaType: type, digest: ociDigestOf(bytes), bytes };
}
