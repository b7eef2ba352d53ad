import { imagesOfRelease } from '../../cluster/image-names.ts';
import type { Digest } from '../../core/digest.ts';
import type { Failure } from '../../core/failure.ts';
import { projectsIn } from '../../core/names.ts';
import { repositoryOf } from '../../core/registry-place.ts';
import { ok, type Result } from '../../core/result.ts';
import type { Host } from '../../host.ts';
import { headManifest } from '../../oci/registry/manifests.ts';
import { loadRelease } from '../../run/prepare/load-release.ts';
import type { StatementPlace } from '../../run/wiring/statement-places.ts';
import type { LookUp } from '../../statement/trust/found.ts';
import { lookAmongReferrers } from '../../statement/trust/referrers.ts';
import { inParallel } from '../../tool/http/in-parallel.ts';
import { loadProjects } from '../../workspace/load-projects.ts';
import type { GlobalOptions } from '../../workspace/workspace.ts';

/** Questions at once. */
const atOnce = 4;

/**
 * The images of a release that a registry has, by the tags that lock and recipes give them. Errors: those of reading these and of asking
 * the registry.
 */
export async function imagesThere(
  release: string,
  { registry, prefix }: Extract<StatementPlace, { prefix: string }>,
  options: GlobalOptions,
  host: Host,
): Promise<Result<readonly { readonly digest: Digest; readonly lookUp: LookUp }[], Failure>> {
  const loaded = await loadRelease(release, options, host);
  if (!loaded.ok) return loaded;
  const { lock, workspace } = loaded.value;
  const recipes = await loadProjects(workspace, projectsIn(lock.projects), host);
  if (!recipes.ok) return recipes;
  const asked = await inParallel(imagesOfRelease(lock, recipes.value), atOnce, async ({ name, tag }) => {
    const repository = repositoryOf({ prefix }, name);
    const digest = await headManifest(registry, repository, tag);
    if (!digest.ok) return digest;
    if (digest.value === undefined) return ok([]);
    const sha256 = digest.value.slice('sha256:'.length) as Digest;
    return ok([{ digest: sha256, lookUp: lookAmongReferrers(registry, repository) }]);
  });
  return asked.ok ? ok(asked.value.flat()) : asked;
}
