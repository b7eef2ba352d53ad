import type { Failure } from '../../core/failure.ts';
import type { Platform } from '../../core/platform.ts';
import { err, ok, type Result } from '../../core/result.ts';
import type { EcrClients } from './clients.ts';
import { type EcrHost, type PrivateEcr, type PublicEcr, replicaHosts } from './host.ts';
import { type Drift, planRepositories, type RegistryPlan, type WantedRepository } from './plan.ts';
import { accountOfAlias, noAlias } from './public.ts';
import { openRepositories, type RepositoryApi } from './repositories.ts';
import { type RepositorySetting, type RepositorySettings, settingsOf } from './repository.ts';
import type { EcrWanted } from './wanted.ts';

/** What a push to a registry of ECR needs there. */
export interface EcrRequest {
  readonly host: EcrHost;
  /** Named as in an image's reference, below the host: in the public registry with the alias in front. */
  readonly repositories: readonly WantedRepository[];
  /** Of the images. */
  readonly platforms: readonly Platform[];
  readonly wanted: EcrWanted;
}

/**
 * Plans the repositories of a registry, and of those that it is replicated to. Only reads.
 * Errors: those of `attempt`, `replicaHosts` and `accountOfAlias`; `usage` where a public repository has no alias.
 */
export async function planEcr(
  clients: EcrClients,
  request: EcrRequest,
): Promise<Result<readonly RegistryPlan[], Failure>> {
  const { host, wanted } = request;
  if (host.kind === 'public') {
    const plan = await planPublic(clients, request, host);
    return plan.ok ? ok([plan.value]) : plan;
  }
  const replicas = replicaHosts(host.host, wanted.replicate);
  if (!replicas.ok) return replicas;
  const plans: RegistryPlan[] = [];
  for (const each of [host, ...replicas.value]) {
    const plan = await planPrivate(clients, request, each);
    if (!plan.ok) return plan;
    plans.push(plan.value);
  }
  const [first, ...others] = plans;
  if (first === undefined || first.create.length === 0) return ok(plans);
  return ok([{ ...first, notes: await ownerNotes(clients, host) }, ...others]);
}

export interface Applied {
  readonly created: readonly string[];
  /** Made by somebody else since the plan: their settings were not looked at. */
  readonly existed: readonly string[];
  readonly changed: readonly Drift[];
  readonly left: readonly Drift[];
}

/**
 * Makes the repositories that are missing, and with `reconcile` changes what can be changed of the others. Ends at the first
 * failure; what was made stays, and the next plan finds it.
 * @param options.onCreated is told of each repository as soon as it is there.
 */
export async function applyEcr(
  clients: EcrClients,
  plan: RegistryPlan,
  {
    reconcile,
    onCreated,
  }: { readonly reconcile: boolean; readonly onCreated?: (repository: string) => void },
): Promise<Result<Applied, Failure>> {
  const { host, account, settings, platforms } = plan;
  const api = openRepositories(clients, host, account, platforms);
  const created: string[] = [];
  const existed: string[] = [];
  for (const repository of plan.create) {
    const made = await api.create(repository, settings, onCreated);
    if (!made.ok) return made;
    (made.value === 'created' ? created : existed).push(repository);
  }
  const changed = plan.drift.filter(({ isChangeable }) => reconcile && isChangeable);
  for (const { repository, setting } of changed) {
    const set = await api.change(repository, setting, settings);
    if (!set.ok) return set;
  }
  return ok({ created, existed, changed, left: plan.drift.filter((each) => !changed.includes(each)) });
}

async function planPrivate(
  clients: EcrClients,
  { repositories, platforms, wanted }: EcrRequest,
  host: PrivateEcr,
): Promise<Result<RegistryPlan, Failure>> {
  const settings = wanted.settings(host.region);
  if (!settings.ok) return settings;
  const api = openRepositories(clients, host, host.account, platforms);
  const existing = await readAll(api, repositories, settings.value);
  if (!existing.ok) return existing;
  const plan = planRepositories(repositories, existing.value, settings.value);
  return ok({ host, account: host.account, platforms, settings: settings.value, ...plan, notes: [] });
}

async function planPublic(
  clients: EcrClients,
  { repositories, platforms, wanted }: EcrRequest,
  host: PublicEcr,
): Promise<Result<RegistryPlan, Failure>> {
  const alias = repositories[0]?.name.split('/')[0] ?? '';
  const below = repositories.filter(({ name }) => name.startsWith(`${alias}/`));
  if (alias === '' || below.length < repositories.length) return err(noAlias(host));
  const account = await accountOfAlias(clients, host, alias);
  if (!account.ok) return account;
  const known = settingsOf(host.kind);
  const names = Object.keys(wanted.shared) as RepositorySetting[];
  const settings: RepositorySettings = Object.fromEntries(
    names.filter((name) => known.has(name)).map((name) => [name, wanted.shared[name]]),
  );
  const own = below.map((each) => ({ ...each, name: each.name.slice(alias.length + 1) }));
  const api = openRepositories(clients, host, account.value, platforms);
  const existing = await readAll(api, own, settings);
  if (!existing.ok) return existing;
  const unknown = names.filter((name) => !known.has(name)).join(', ');
  const notes = [
    ...(unknown === '' ? [] : [`Public repositories have no ${unknown}.`]),
    ...(wanted.replicate.length === 0
      ? []
      : ['The public registry is in all regions: nothing is replicated.']),
  ];
  const plan = planRepositories(own, existing.value, settings);
  return ok({ host, account: account.value, platforms, settings, ...plan, notes });
}

async function readAll(
  api: RepositoryApi,
  repositories: readonly WantedRepository[],
  settings: RepositorySettings,
): Promise<Result<ReadonlyMap<string, RepositorySettings>, Failure>> {
  const existing = new Map<string, RepositorySettings>();
  const answers = await Promise.all(repositories.map(({ name }) => api.read(name, settings)));
  for (const [at, answer] of answers.entries()) {
    if (!answer.ok) return answer;
    const name = repositories[at]?.name;
    if (name !== undefined && answer.value !== undefined) existing.set(name, answer.value);
  }
  return ok(existing);
}

/** Repositories are made by their owner: says so where the credentials are another account's. STS need not be reachable. */
async function ownerNotes(clients: EcrClients, { account, region }: PrivateEcr): Promise<readonly string[]> {
  const caller = await clients.sts(region, 'asking whose the credentials are', (client, options) =>
    client.getCallerIdentity({}, options),
  );
  if (!caller.ok || caller.value.Account === undefined || caller.value.Account === account) return [];
  const { Account, Arn } = caller.value;
  return [`The registry is account ${account}'s, the credentials account ${Account}'s (${Arn}).`];
}
