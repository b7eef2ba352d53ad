import type { Failure } from '../../core/failure.ts';
import { ok, type Result } from '../../core/result.ts';
import type { Host } from '../../host.ts';
import { inSite } from '../../publish/check/place.ts';
import { publishing } from '../../publish/s3/words.ts';
import { proxiesOf } from '../../tool/http/proxy.ts';
import { type Bucket, openBucket } from '../../tool/s3/bucket.ts';
import { readBucketPlace } from '../../tool/s3/place.ts';
import { type BucketOptions, readBucketWay } from '../../tool/s3/way.ts';
import type { Workspace } from '../../workspace/workspace.ts';

/**
 * Opens the place that a word of the command line names; asks nothing yet. `only`: the manifest that it names, below the site's root.
 * Errors: `usage`.
 */
export function openBucketOf(
  given: string,
  options: BucketOptions,
  { publish }: Workspace,
  { env, signal }: Host,
): Result<{ readonly bucket: Bucket; readonly only: string | undefined }, Failure> {
  const only = inSite.exec(given)?.[0].slice(1);
  const place = readBucketPlace(only === undefined ? given : given.slice(0, -only.length));
  if (!place.ok) return place;
  const way = readBucketWay(options, publish, env);
  if (!way.ok) return way;
  const findProxy = proxiesOf(env);
  return ok({
    bucket: openBucket({ place: place.value, ...way.value, env, findProxy, signal, words: publishing }),
    only,
  });
}
