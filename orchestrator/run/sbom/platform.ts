import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Failure } from '../../core/failure.ts';
import type { Platform } from '../../core/platform.ts';
import { ok, type Result } from '../../core/result.ts';
import { imageOf } from '../../oci/image/image-file.ts';
import type { ImageTree } from '../../oci/image/image-tree.ts';
import { readImageView } from '../../oci/image/image-view.ts';
import type { Image } from '../../oci/image/open-image.ts';
import {
  contentsPath,
  type ImageContents,
  parseContents,
  readContents,
} from '../../rpm/contents/contents.ts';
import type { PlatformFacts } from '../../statement/sbom/facts.ts';
import { type Finding, findPrograms } from './find-programs.ts';

/**
 * What is in an image of one platform: its programs, what a distribution installed, its layers.
 * Errors: `unknown-name` where the tree has none for the platform; those of `readImageView`, `readContents` and `findPrograms`.
 */
export async function readPlatform(
  tree: ImageTree,
  platform: Platform,
  finding: Finding,
): Promise<Result<PlatformFacts, Failure>> {
  const image = imageOf(tree, platform);
  if (!image.ok) return image;
  const contents = await contentsOf(tree, image.value, finding);
  if (!contents.ok) return contents;
  const programs = await findPrograms(contents.value, image.value, finding);
  if (!programs.ok) return programs;
  const digest = image.value.digest ?? image.value.configDigest;
  return ok({ ...contents.value, platform, digest, programs: programs.value });
}

/** As it was written when the image was made, where it was: to read all layers again takes seconds. */
async function contentsOf(
  { folder }: ImageTree,
  image: Image,
  finding: Finding,
): Promise<Result<ImageContents, Failure>> {
  const file = join(folder, contentsPath(image.platform));
  const written = existsSync(file) ? parseContents(await readFile(file, 'utf8')) : undefined;
  if (written !== undefined) return ok(written);
  const view = await readImageView(image, finding);
  return view.ok ? readContents(view.value, finding) : view;
}
