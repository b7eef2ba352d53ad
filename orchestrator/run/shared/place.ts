import { resolve } from 'node:path';
import type { StoreSettings } from '../../config/settings/store.ts';
import type { Failure } from '../../core/failure.ts';
import { err, ok, type Result } from '../../core/result.ts';
import type { Host } from '../../host.ts';
import type { RemotePlace } from '../../store/remote/place.ts';
import { proxiesOf } from '../../tool/http/proxy.ts';
import type { BucketWords } from '../../tool/s3/explain.ts';
import { readBucketPlace } from '../../tool/s3/place.ts';
import { readBucketWay } from '../../tool/s3/way.ts';

/** What can be done about the bucket of a shared store. */
const sharing: BucketWords = {
  section: 'store',
  policy: 'cache policy',
  region: '"store.region" in the settings',
};

/**
 * Opens the place of the store that machines share; undefined where the settings name none. Asks nothing yet. A folder has to be there: one
 * that is not mounted would be made, and filled, on this machine's own disk. Errors: `usage`.
 */
export async function openRemotePlace(
  settings: StoreSettings,
  { env, signal, cwd, random }: Pick<Host, 'env' | 'signal' | 'cwd' | 'random'>,
): Promise<Result<RemotePlace | undefined, Failure>> {
  const { remote } = settings;
  if (remote === undefined) return ok(undefined);
  if (!remote.startsWith('s3://')) {
    const { stat } = await import('node:fs/promises');
    const folder = resolve(cwd, remote);
    const found = await stat(folder).catch(() => undefined);
    if (found?.isDirectory() === true) {
      const { folderPlace } = await import('../../store/remote/folder-place.ts');
      return ok(folderPlace(folder, random));
    }
    const what = found === undefined ? 'is not there' : 'is no folder';
    const help = 'Make it, or mount what holds it.';
    return err({ reason: 'usage', message: `The shared store ${folder} (store.remote) ${what}.`, help });
  }
  const place = readBucketPlace(remote);
  if (!place.ok) return place;
  const way = readBucketWay({}, settings, env);
  if (!way.ok) return way;
  const { openBucket } = await import('../../tool/s3/bucket.ts');
  const { s3Place } = await import('../../store/remote/s3-place.ts');
  const findProxy = proxiesOf(env);
  const bucket = openBucket({ place: place.value, ...way.value, env, findProxy, signal, words: sharing });
  return ok(s3Place(bucket, signal));
}
