import { resolve } from 'node:path';
import type { Failure } from '../../core/failure.ts';
import { ok, type Result } from '../../core/result.ts';
import type { Host } from '../../host.ts';
import type { NamedImage } from '../../oci/image/export-layout.ts';
import { checkFree, layOutImages } from '../../run/deliver/lay-out-images.ts';
import { wantedImages } from '../../run/deliver/wanted-images.ts';
import type { ImageOptions } from '../../run/prepare/images.ts';
import { type RebuildOptions, type Rebuilt, rebuild } from '../../run/rebuild.ts';
import { callFor, type NameOptions } from '../../run/site/release-name.ts';
import { reportFailure } from '../words/report-failure.ts';

export interface ImagesOptions extends RebuildOptions, ImageOptions, NameOptions {
  readonly output?: string;
}

/**
 * `eksd-rebuild images RELEASE`: rebuilds what the images hold, makes them, and says of each whether it holds only what was
 * published. A name of one's own is theirs too: what `push` would push is made. With `--output` they are laid out as one OCI image layout: a folder, or a tar where the name ends so.
 */
export async function images(release: string, options: ImagesOptions, host: Host): Promise<number> {
  const output = options.output === undefined ? undefined : resolve(host.cwd, options.output);
  const free = output === undefined ? ok(undefined) : await checkFree(output, host);
  if (!free.ok) return reportFailure(free.error, host);
  const use = async (rebuilt: Rebuilt): Promise<Result<void, Failure>> => {
    return output === undefined
      ? ok(undefined)
      : layOutImages(namedImages(rebuilt), output, rebuilt.say, host);
  };
  const result = await rebuild(release, options, host, {
    images: options,
    call: callFor(options, { isOut: false }),
    use,
  });
  return result.ok ? result.value : reportFailure(result.error, host);
}

/** Those that were asked for and made, by the names that they are published under. */
function namedImages(rebuilt: Rebuilt): readonly NamedImage[] {
  return wantedImages(rebuilt).flatMap(({ image, tag }) => {
    const tree = rebuilt.images.get(image);
    return tree === undefined ? [] : [{ name: `${image}:${tag}`, tree }];
  });
}
