import type { Failure } from '../../core/failure.ts';
import { ok, type Result } from '../../core/result.ts';
import type { EcrClients } from '../../oci/ecr/clients.ts';
import { planEcr } from '../../oci/ecr/ecr.ts';
import { parseEcrHost } from '../../oci/ecr/host.ts';
import type { RegistryPlan } from '../../oci/ecr/plan.ts';
import { readEcrWanted } from '../../oci/ecr/wanted.ts';
import type { ImageToPush } from '../../oci/push/plan.ts';
import type { Rebuilt } from '../../run/rebuild.ts';
import type { PushTarget } from './target.ts';

/** What a push needs of ECR's repositories: the registry that was named, and those that it is replicated to. */
export interface EcrPlans {
  readonly plans: readonly RegistryPlan[];
  readonly clients: EcrClients;
}

/** Undefined where the host is none of ECR's. Errors: those of `readEcrWanted` and `planEcr`. */
export async function planEcrFor(
  target: PushTarget,
  images: readonly ImageToPush[],
  { prepared }: Pick<Rebuilt, 'prepared'>,
  clients: EcrClients,
): Promise<Result<EcrPlans | undefined, Failure>> {
  const host = parseEcrHost(target.host);
  if (host === undefined) return ok(undefined);
  const wanted = await readEcrWanted(prepared.workspace.ecr);
  if (!wanted.ok) return wanted;
  const platforms = images.flatMap(({ tree }) => tree.images.map(({ platform }) => platform));
  const plans = await planEcr(clients, {
    host,
    wanted: wanted.value,
    platforms: [...new Set(platforms)],
    // The published tag is the first; what the user adds may be meant to move.
    repositories: images.map(({ repository, tags }) => ({ name: repository, movingTags: tags.slice(1) })),
  });
  return plans.ok ? ok({ plans: plans.value, clients }) : plans;
}
