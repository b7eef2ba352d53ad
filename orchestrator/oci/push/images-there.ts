import type { Failure } from '../../core/failure.ts';
import type { ImageReference } from '../../core/image-reference.ts';
import type { OciDigest } from '../../core/oci.ts';
import { ok, type Result } from '../../core/result.ts';
import { inParallel } from '../../tool/http/in-parallel.ts';
import { headManifest } from '../registry/manifests.ts';
import type { Registry } from '../registry/registry.ts';

export interface ImageThere {
  readonly image: ImageReference;
  readonly digest: OciDigest;
}

/** Questions at once. */
const questionsAtOnce = 8;

/**
 * Those of some images that a registry has, with what it has: by their digest where they have one, else by their tag, as
 * whoever pulls them asks for them. @param images of that registry. Errors: `network`, `usage`.
 */
export async function imagesThere(
  registry: Registry,
  images: readonly ImageReference[],
): Promise<Result<readonly ImageThere[], Failure>> {
  const asked = await inParallel(images, questionsAtOnce, async (image) => {
    const { repository, tag = 'latest', digest } = image;
    const found = await headManifest(registry, repository, digest ?? tag);
    return found.ok ? ok(found.value === undefined ? [] : [{ image, digest: found.value }]) : found;
  });
  return asked.ok ? ok(asked.value.flat()) : asked;
}
