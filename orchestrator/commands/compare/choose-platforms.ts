import type { Failure } from '../../core/failure.ts';
import type { Platform } from '../../core/platform.ts';
import { ok, type Result } from '../../core/result.ts';
import { imagePlatforms } from '../../plan/image-nodes.ts';
import { chooseNames } from '../../workspace/choose-names.ts';

/**
 * What `--platform` leaves of an image's platforms; one that only the other image has may be excluded.
 * Errors: `unknown-name` for what the image is not for; `usage` where nothing is left.
 */
export function choosePlatforms(
  image: string,
  words: readonly string[],
  has: readonly Platform[],
): Result<readonly Platform[], Failure> {
  const all = [...new Set(has)];
  const chosen = chooseNames(words, {
    ...{ option: '--platform', all, elsewhere: imagePlatforms },
    unknown: (name) => ({
      reason: 'unknown-name',
      what: 'platform',
      name,
      nearest: all,
      help: `${image} is for ${all.join(', ')}.`,
    }),
  });
  return chosen.ok ? ok(chosen.value.names) : chosen;
}
