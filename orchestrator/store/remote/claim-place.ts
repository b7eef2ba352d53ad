import type { Failure } from '../../core/failure.ts';
import { err, ok, type Result } from '../../core/result.ts';
import { bounded, gathered, Unreadable } from './codec.ts';
import { versionName, versionText } from './object-names.ts';
import type { RemotePlace } from './place.ts';

/**
 * Looks whether a place is a shared store that this version reads; makes one of an empty place where `mayWrite`. `absent`: there is none.
 * Errors: `usage` where it is somebody else's, or of another version; those of the place.
 */
export async function claimPlace(
  place: RemotePlace,
  mayWrite: boolean,
): Promise<Result<'there' | 'absent', Failure>> {
  const version = await place.read(versionName, async ({ body }) => {
    try {
      return await gathered(bounded(body, 2 * versionText.length));
    } catch (error) {
      if (error instanceof Unreadable) return Buffer.from('longer');
      throw error;
    }
  });
  if (!version.ok) return version;
  if (version.value !== undefined) {
    if (version.value.toString('utf8') === versionText) return ok('there');
    return err({
      reason: 'usage',
      message: `${place.shown} holds no shared store that this version reads.`,
      help: 'Name another place (store.remote), or use the same version of this program wherever it is shared.',
    });
  }
  const others = await place.list('', 1);
  if (!others.ok) return others;
  const [strange] = [...others.value.keys()].filter((name) => name !== versionName);
  if (strange !== undefined) {
    return err({
      reason: 'usage',
      message: `${place.shown} is no shared store, and not empty: it has ${JSON.stringify(strange)}.`,
      help: 'Name a place of its own (store.remote): a prefix of a bucket, or a folder.',
    });
  }
  if (!mayWrite) return ok('absent');
  const made = await place.put(versionName, Buffer.from(versionText), 'absent');
  // Another may have been first, with another version.
  return made.ok && made.value === 'there' ? claimPlace(place, mayWrite) : made.ok ? ok('there') : made;
}
