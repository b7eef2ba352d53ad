import { mkdir, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { Failure } from '../../core/failure.ts';
import { ok, type Result } from '../../core/result.ts';
import { blobFile } from '../image/image-tree.ts';
import { getManifest } from '../registry/manifests.ts';
import type { Registry } from '../registry/registry.ts';
import type { ImageToPush } from './plan.ts';

/** An image of a registry that is to have a further tag there. */
export interface Retagging {
  /** In the registry, prefix and all. */
  readonly repository: string;
  readonly from: string;
  readonly to: string;
}

/**
 * What a push of nothing but a tag is planned from: the document that a tag points at, with nothing that would have to be
 * uploaded. Undefined where there is no such image. Errors: those of `getManifest`. @throws system errors.
 * @param folder gets the document: absolute, the image's own.
 */
export async function imageToRetag(
  registry: Registry,
  { repository, from, to }: Retagging,
  folder: string,
): Promise<Result<ImageToPush | undefined, Failure>> {
  const found = await getManifest(registry, repository, from);
  if (!found.ok) return found;
  if (found.value === undefined) return ok(undefined);
  const { digest, mediaType, bytes } = found.value;
  const descriptor = { mediaType, digest, size: bytes.length };
  const tree = { folder, descriptor, images: [], blobs: [], documents: [] };
  const file = blobFile(tree, descriptor);
  await mkdir(dirname(file), { recursive: true });
  await writeFile(file, bytes);
  return ok({ repository, tags: [from, to], tree, unverified: [] });
}
