import type { Failure } from '../../core/failure.ts';
import { ok, type Result } from '../../core/result.ts';
import { readImageView } from '../../oci/image/image-view.ts';
import type { Image } from '../../oci/image/open-image.ts';
import { readInstalledRpms } from '../../rpm/database/installed.ts';
import type { PlatformFacts } from '../../statement/sbom/facts.ts';
import { readSystem, unreadDatabases } from './distribution.ts';
import { type Finding, findPrograms } from './find-programs.ts';

/**
 * What is in an image of one platform: its programs, what a distribution installed, its layers.
 * Errors: those of `readImageView`, `readInstalledRpms` and `findPrograms`.
 */
export async function readPlatform(image: Image, finding: Finding): Promise<Result<PlatformFacts, Failure>> {
  const view = await readImageView(image, finding);
  if (!view.ok) return view;
  const system = await readSystem(view.value, finding);
  if (!system.ok) return system;
  const rpms = await readInstalledRpms(view.value, finding);
  if (!rpms.ok) return rpms;
  const programs = await findPrograms(view.value, finding);
  if (!programs.ok) return programs;
  return ok({
    platform: image.platform,
    digest: image.digest ?? image.configDigest,
    layers: view.value.layers.map(({ sha256, plain }) => {
      return { digest: `sha256:${sha256}`, plain: `sha256:${plain}` };
    }),
    programs: programs.value,
    system: system.value,
    rpms: rpms.value?.packages ?? [],
    unread: unreadDatabases(view.value),
  });
}
