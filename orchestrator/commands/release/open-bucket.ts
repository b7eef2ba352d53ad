import type { Failure } from '../../core/failure.ts';
import { ok, type Result } from '../../core/result.ts';
import type { Host } from '../../host.ts';
import { inSite } from '../../publish/check/place.ts';
import { type Bucket, openBucket } from '../../publish/s3/bucket.ts';
import { readBucketPlace } from '../../publish/s3/place.ts';
import { proxiesOf } from '../../tool/http/proxy.ts';
import type { Workspace } from '../../workspace/workspace.ts';

/** What AWS's own tools take where nothing names a region. */
const usualRegion = 'us-east-1';

/**
 * Opens the place that a word of the command line names, as the settings (`publish`) and the environment have it; asks nothing yet.
 * `only`: the manifest that it names, below the site's root. Errors: `usage`.
 */
export function openBucketOf(
  given: string,
  { publish }: Workspace,
  { env, signal }: Host,
): Result<{ readonly bucket: Bucket; readonly only: string | undefined }, Failure> {
  const only = inSite.exec(given)?.[0].slice(1);
  const place = readBucketPlace(only === undefined ? given : given.slice(0, -only.length));
  if (!place.ok) return place;
  const region = publish.region ?? (env['AWS_REGION'] || env['AWS_DEFAULT_REGION'] || usualRegion);
  const endpoint =
    publish.s3?.endpoint ?? (env['AWS_ENDPOINT_URL_S3'] || env['AWS_ENDPOINT_URL'] || undefined);
  const { expectedOwner } = publish;
  const findProxy = proxiesOf(env);
  return ok({
    bucket: openBucket({ place: place.value, region, endpoint, expectedOwner, env, findProxy, signal }),
    only,
  });
}
