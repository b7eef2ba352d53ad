import { type Digest, isDigest } from '../../core/digest.ts';
import type { Failure } from '../../core/failure.ts';
import { parseImageReference } from '../../core/image-reference.ts';
import { err, ok, type Result } from '../../core/result.ts';
import type { StatedRelease } from '../../run/prepare/stated.ts';
import type { StatedBuild, StatedImages } from '../../statement/read-provenance.ts';

const ownPatch = 'urn:eksd-rebuild:user:';

/** What a run takes of a statement. Errors: `usage` where it says something of a patch or an image that is none. */
export function statedRelease({
  lock,
  accepted,
  dependencies,
  images: stated,
}: StatedBuild): Result<StatedRelease, Failure> {
  const userPatches = new Map<string, Digest>();
  for (const { uri = '', digest } of dependencies) {
    if (!uri.startsWith(ownPatch)) continue;
    const sha256 = digest?.['sha256'] ?? '';
    if (!isDigest(sha256)) return err(wrong(`${uri} has no SHA-256`));
    userPatches.set(uri.slice(ownPatch.length), sha256);
  }
  const images: { published?: string; bases?: Record<string, string>; compilers?: Compilers } = {};
  if (stated?.compilers !== undefined) images.compilers = stated.compilers;
  for (const base of stated?.bases ?? []) {
    if (base === 'scratch' || !('reference' in base)) continue;
    if (base.from === 'settings') {
      images.bases = { ...images.bases, [base.name]: base.reference };
      continue;
    }
    const parsed = parseImageReference(base.reference);
    const locked = lock.baseImages.find(({ name }) => name === base.name);
    if ('why' in parsed || locked?.digest !== parsed.digest || !parsed.repository.endsWith(`/${base.name}`))
      return err(wrong(`its base image ${base.reference} is not the one of its pins`));
    images.published = `${parsed.host}/${parsed.repository.slice(0, -base.name.length - 1)}`;
  }
  return ok({ lock, accepted, userPatches, images });
}

type Compilers = NonNullable<StatedImages['compilers']>;

function wrong(what: string): Failure {
  const help = 'It is not as this program wrote it.';
  return { reason: 'usage', message: `The statement cannot be followed: ${what}.`, help };
}
