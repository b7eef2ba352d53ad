import { byCodeUnit } from '../../core/canonical-json.ts';
import { defined } from '../../core/defined.ts';
import type { Failure } from '../../core/failure.ts';
import { type Descriptor, type ImageConfig, mediaType, type OciPlatform } from '../../core/oci.ts';
import { err, ok, type Result } from '../../core/result.ts';
import { blobFile, type ImageTree, type TreeImage } from './image-tree.ts';
import { linkBlob, writeDocument, writeLayout } from './write-layout.ts';

/**
 * Writes an image tree whose one index names the platforms of several trees, in the order of their names; the platform
 * of each as its config says. The same trees give the same bytes, whatever their order and annotations.
 * @param output absolute path of an empty folder. Gives the index's descriptor.
 * Errors: `usage` where two are for the same platform. @throws system errors.
 */
export async function joinPlatforms(
  trees: readonly ImageTree[],
  output: string,
): Promise<Result<Descriptor, Failure>> {
  const images = trees
    .flatMap((tree) => tree.images)
    .map((image) => ({ image, platform: platformIn(image.config) }))
    .sort((a, b) => byCodeUnit(labelOf(a.platform), labelOf(b.platform)));
  const labels = images.map(({ platform }) => labelOf(platform));
  const twice = labels.find((label, at) => labels.indexOf(label) !== at);
  if (twice !== undefined) {
    const message = `Cannot join images to an index: two are for ${twice}.`;
    return err({ reason: 'usage', message, help: 'Give one image a platform.' });
  }
  for (const tree of trees) {
    const manifests: readonly Descriptor[] = tree.images.map((each: TreeImage) => each.descriptor);
    for (const each of [...tree.blobs, ...manifests]) await linkBlob(blobFile(tree, each), output, each);
  }
  const manifests = images.map(({ image, platform }) => {
    const { mediaType: type, digest, size } = image.descriptor;
    return { mediaType: type, digest, size, platform };
  });
  const index = await writeDocument(output, mediaType.index, {
    schemaVersion: 2,
    mediaType: mediaType.index,
    manifests,
  });
  await writeLayout(output, index);
  return ok(index);
}

function platformIn(config: ImageConfig): OciPlatform {
  const { os, architecture, variant, 'os.version': version } = config;
  return {
    os,
    architecture,
    ...defined({ variant, 'os.version': version }),
  };
}

function labelOf({ os, architecture, variant = '', 'os.version': version = '' }: OciPlatform): string {
  return [os, architecture, variant, version].filter((part) => part !== '').join('/');
}
