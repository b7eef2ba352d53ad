import { copyFile, link, mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { canonicalJson, type Json } from '../../core/canonical-json.ts';
import { defined } from '../../core/defined.ts';
import { type Descriptor, mediaType } from '../../core/oci.ts';
import { blobPath, ociDigestOf } from './layout.ts';

/** Puts a document into a layout as canonical JSON, and describes it. @throws system errors. */
export async function writeDocument(
  folder: string,
  type: string,
  document: object,
): Promise<Pick<Descriptor, 'mediaType' | 'digest' | 'size'>> {
  const content = Buffer.from(canonicalJson(document as Json));
  const digest = ociDigestOf(content);
  const path = join(folder, blobPath(digest));
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, content);
  return { mediaType: type, digest, size: content.length };
}

/** Gives a file a second name in a layout: a hard link where the file system allows it. @throws system errors. */
export async function linkBlob(
  file: string,
  folder: string,
  { digest }: Pick<Descriptor, 'digest'>,
): Promise<void> {
  const path = join(folder, blobPath(digest));
  await mkdir(dirname(path), { recursive: true });
  try {
    await link(file, path);
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : undefined;
    // The same blob out of another tree has the same bytes.
    if (code === 'EEXIST') return;
    if (code !== 'EXDEV' && code !== 'EPERM' && code !== 'EMLINK') throw error;
    await copyFile(file, path);
  }
}

/**
 * Makes a folder with its blobs an image tree: `oci-layout`, and an `index.json` that names this one image. Annotations
 * do not come along: builders put the clock into them. @throws system errors.
 */
export async function writeLayout(folder: string, descriptor: Descriptor): Promise<void> {
  const { mediaType: type, digest, size, platform } = descriptor;
  const named = { mediaType: type, digest, size, ...defined({ platform }) };
  const index = { schemaVersion: 2, mediaType: mediaType.index, manifests: [named] };
  // The layout's version by the OCI image specification, image-layout.md.
  await writeFile(join(folder, 'oci-layout'), canonicalJson({ imageLayoutVersion: '1.0.0' }));
  await writeFile(join(folder, 'index.json'), canonicalJson(index as unknown as Json));
}
