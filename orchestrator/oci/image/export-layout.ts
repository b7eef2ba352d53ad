import { copyFile, mkdir, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { byCodeUnit, canonicalJson, type Json } from '../../core/canonical-json.ts';
import type { Failure } from '../../core/failure.ts';
import { mediaType, type OciDigest } from '../../core/oci.ts';
import { err, ok, type Result } from '../../core/result.ts';
import { blobFile, filesOf, type ImageTree } from './image-tree.ts';
import { blobPath, checkedBlob, reading } from './layout.ts';

/** An image, and the name that it is found by: `etcd-io/etcd:v3.5.13-eks-1-30-5`. */
export interface NamedImage {
  readonly name: string;
  readonly tree: ImageTree;
}

/**
 * Writes one OCI image layout with several images, each named by the annotation that tools select by; blobs that they
 * share are there once. Files are copies: whoever changes them changes no image tree; and each copy is hashed, so that
 * what is laid out is what its digest says. The same images give the same bytes. @param output absolute path of an empty
 * folder. Errors: `digest-mismatch`, `aborted`. @throws system errors.
 */
export async function exportLayout(
  images: readonly NamedImage[],
  output: string,
  signal?: AbortSignal,
): Promise<Result<void, Failure>> {
  const written = new Set<OciDigest>();
  for (const { name, tree } of images) {
    const copied = await reading(name, async () => {
      for (const each of [
        tree.descriptor,
        ...tree.images.map(({ descriptor }) => descriptor),
        ...tree.blobs,
      ]) {
        if (written.has(each.digest) || signal?.aborted) continue;
        written.add(each.digest);
        const path = join(output, blobPath(each.digest));
        await mkdir(dirname(path), { recursive: true });
        await copyFile(blobFile(tree, each), path);
        await checkedBlob(each, filesOf(output)).catch(async (error: unknown) => {
          await rm(path);
          throw error;
        });
      }
    });
    if (!copied.ok) return copied;
    if (signal?.aborted) return err({ reason: 'aborted' });
  }
  const manifests = [...images]
    .sort((a, b) => byCodeUnit(a.name, b.name))
    .map(({ name, tree: { descriptor } }) => {
      const { mediaType: type, digest, size } = descriptor;
      // OCI image specification 1.1, annotations.md.
      return { mediaType: type, digest, size, annotations: { 'org.opencontainers.image.ref.name': name } };
    });
  const index = { schemaVersion: 2, mediaType: mediaType.index, manifests };
  await writeFile(join(output, 'oci-layout'), canonicalJson({ imageLayoutVersion: '1.0.0' }));
  await writeFile(join(output, 'index.json'), canonicalJson(index as unknown as Json));
  return ok(undefined);
}
