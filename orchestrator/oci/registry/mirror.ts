import type { Failure } from '../../core/failure.ts';
import {
  formatImageReference,
  type ImageReference,
  parseImageReference,
} from '../../core/image-reference.ts';
import { err, ok, type Result } from '../../core/result.ts';
import { mirrorUrl } from '../../tool/http/mirrors.ts';

/**
 * Where an image is read instead: the longest key of `mirrors` that `HOST/REPOSITORY` starts with is replaced; tag and
 * digest stay. For reading only: what is pushed goes where it was asked to go.
 * Errors: `usage` where what a mirror says is no image's name.
 */
export function mirroredImage(
  image: ImageReference,
  mirrors: Readonly<Record<string, string>>,
): Result<ImageReference, Failure> {
  const { tag, digest, ...name } = image;
  const from = formatImageReference(name);
  const read = mirrorUrl(from, mirrors);
  if (read === from) return ok(image);
  const parsed = parseImageReference(read);
  if ('why' in parsed || parsed.tag !== undefined || parsed.digest !== undefined) {
    const why = 'why' in parsed ? parsed.why : 'names more than a repository';
    // What it says may hold a password.
    const message = `The mirror of ${from} ${why}.`;
    return err({
      reason: 'usage',
      message,
      help: 'See "mirrors" in the settings: HOST/PATH, without https://.',
    });
  }
  const { host, repository } = parsed;
  return ok({ ...image, host, repository });
}
