import type { Failure } from '../core/failure.ts';
import { isTag } from '../core/image-reference.ts';
import { ok, type Result } from '../core/result.ts';
import { fileIn, readWord, type Tree } from './upstream.ts';

export interface BaseImage {
  readonly name: string;
  readonly tag: string;
  readonly file: string;
}

const tagFile = /^(EKS_DISTRO_[A-Z0-9_]+)_TAG_FILE$/;

/**
 * The base images that a tree names: the file EKS_DISTRO_MINIMAL_BASE_TAG_FILE holds the tag of eks-distro-minimal-base
 * (upstream's Common.mk makes the one name of the other). The Windows ones are tags of one image, a file a version.
 * Errors: `source-unavailable`, `configuration` for a file that holds no tag.
 */
export async function findBaseImages(tree: Tree): Promise<Result<readonly BaseImage[], Failure>> {
  const images: BaseImage[] = [];
  for (const [path, name = ''] of tree.history.matches(tagFile)) {
    const file = fileIn(tree, path);
    if (file === undefined) continue;
    const tag = await readWord(tree, file, isTag, "an image's tag");
    if (!tag.ok) return tag;
    const image = name
      .toLowerCase()
      .replaceAll('_', '-')
      .replace(/^(eks-distro-windows-base)-.*$/, '$1');
    images.push({ name: image, tag: tag.value, file: path });
  }
  return ok(images);
}
