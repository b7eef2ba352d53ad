import type { Failure } from '../../core/failure.ts';
import { repositoryOf } from '../../core/registry-place.ts';
import { ok, type Result } from '../../core/result.ts';
import { parseEcrHost } from '../../oci/ecr/host.ts';
import { mayUpload } from '../../oci/push/upload.ts';
import { headManifest } from '../../oci/registry/manifests.ts';
import type { AskedAhead } from '../../run/prepare/look-ahead.ts';
import type { Prepared } from '../../run/prepare/prepare.ts';
import { openRegistries } from '../../run/wiring/registries.ts';
import { inParallel } from '../../tool/http/in-parallel.ts';
import type { PushOptions, PushTarget } from './target.ts';

/** Questions at once. */
const atOnce = 8;

/**
 * Asks a registry what a push will ask it, before there is anything to be pushed: whether it is there, lets this user in, and, where
 * the push is to be done, takes something. ECR's repositories may have to be made first. Errors: `network`, `usage`.
 */
export async function askRegistry(
  { plan, planInput, workspace }: Prepared,
  target: PushTarget,
  { confirm }: PushOptions,
  { processes, say, host }: Parameters<AskedAhead['check']>[1],
): Promise<Result<void, Failure>> {
  const registries = openRegistries(workspace, processes.run, host, { pushes: true });
  const opening = target.insecure === undefined ? {} : { insecure: target.insecure };
  const opened = await registries.open(target.host, opening);
  if (!opened.ok) return opened;
  const registry = opened.value;
  say(`asking ${target.host} whether it can be pushed to`);
  const wanted = plan.images.filter(({ image }) => planInput.images?.isWanted(image) === true);
  const asked = await inParallel(wanted, atOnce, ({ image, tag }) =>
    headManifest(registry, repositoryOf(target, image), tag),
  );
  if (!asked.ok) return asked;
  const [first] = wanted;
  const isTried = confirm === true && first !== undefined && parseEcrHost(target.host) === undefined;
  return isTried ? mayUpload(registry, repositoryOf(target, first.image)) : ok(undefined);
}
