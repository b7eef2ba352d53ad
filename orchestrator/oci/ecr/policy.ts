import { type Grant, type IamPolicy, policyJson, policyOf } from '../../tool/aws/iam-policy.ts';
import { type EcrHost, repositoryArn } from './host.ts';
import type { Drift, RegistryPlan } from './plan.ts';
import { type RepositorySettings, settingsOf } from './repository.ts';

/**
 * Characters of a managed policy (IAM quotas; white space does not count). One that is longer is cut up by region, and may
 * still be longer where there are very many repositories.
 */
const policyLimit = 6144;

/**
 * ECR user guide, "IAM permissions for pushing an image"; the last one is for layers that are mounted across repositories or
 * read back ("Blob mounting in Amazon ECR").
 */
const privatePush = [
  ...['BatchCheckLayerAvailability', 'BatchGetImage', 'CompleteLayerUpload', 'InitiateLayerUpload'],
  ...['PutImage', 'UploadLayerPart', 'GetDownloadUrlForLayer'],
];

/** ECR Public user guide, "Public repository policy examples". Whoever may push there may pull anyway. */
const publicPush = [
  ...['BatchCheckLayerAvailability', 'CompleteLayerUpload', 'InitiateLayerUpload', 'PutImage'],
  ...['UploadLayerPart'],
];

/** What of a registry's plan its policy comes from. */
export type PolicySubject = Pick<RegistryPlan, 'host' | 'account' | 'settings' | 'create' | 'existing'> & {
  readonly drift: readonly Pick<Drift, 'repository' | 'setting'>[];
};

/**
 * The least that must be allowed for carrying out the plans and pushing to their repositories: one policy, or one a
 * registry where that would be too long for IAM. @param further what the same user has to be allowed besides.
 */
export function leastPolicies(
  plans: readonly PolicySubject[],
  { reconcile, further = [] }: { readonly reconcile: boolean; readonly further?: readonly Grant[] },
): readonly IamPolicy[] {
  const [first = [], ...others] = plans.map((plan) => grantsFor(plan, reconcile));
  const grants = [[...first, ...further], ...others];
  const all = policyOf(grants.flat());
  const isShort = policyJson(all).length <= policyLimit;
  return isShort ? [all] : grants.map(policyOf);
}

function grantsFor(plan: PolicySubject, reconcile: boolean): readonly Grant[] {
  const { host, account, settings, create, existing, drift } = plan;
  const service = host.kind === 'public' ? 'ecr-public' : 'ecr';
  /** By the names of calls, which are those of actions but for the capital. */
  const on = (repositories: readonly string[], calls: readonly string[]) =>
    repositories.flatMap((name) =>
      calls.map((call) => ({
        action: `${service}:${call.charAt(0).toUpperCase()}${call.slice(1)}`,
        resource: repositoryArn(host, account, name),
      })),
    );
  const all = [...existing, ...create];
  const rows = settingsOf(host.kind);
  // What is read by a call of its own takes a right of its own in a new repository, too.
  const apart = [...rows].flatMap(([name, { read, change }]) =>
    settings[name] !== undefined && read && change ? [{ read: read.call, change: change.call }] : [],
  );
  const changes = (reconcile ? drift : []).flatMap(({ repository, setting }) => {
    const { change } = rows.get(setting) ?? {};
    return change === undefined ? [] : on([repository], [change.call]);
  });
  return [
    ...signIn(host),
    ...on(all, host.kind === 'public' ? publicPush : privatePush),
    ...on(all, ['describeRepositories', ...apart.map(({ read }) => read)]),
    ...on(create, ['createRepository', ...apart.map(({ change }) => change)]),
    ...changes,
    ...(create.length > 0 ? keyGrants(host, account, settings) : []),
  ];
}

function signIn(host: EcrHost): readonly Grant[] {
  const actions =
    host.kind === 'public'
      ? ['ecr-public:GetAuthorizationToken', 'sts:GetServiceBearerToken', 'ecr-public:DescribeRegistries']
      : ['ecr:GetAuthorizationToken'];
  return actions.map((action) => ({ action, resource: '*' }));
}

/**
 * Making a repository with a key of the account's takes these on it, on the caller's behalf (ECR user guide, "Encryption
 * at rest"); the key that AWS manages allows them by itself.
 */
function keyGrants(host: EcrHost, account: string, { encryption }: RepositorySettings): readonly Grant[] {
  const key = encryption?.kmsKey;
  if (key === undefined) return [];
  const prefix = `arn:${host.partition}:kms:${host.region}:${account}:`;
  const [, alias] = /(?:^|:)(alias\/.+)$/.exec(key) ?? [];
  const resource =
    alias !== undefined ? `${prefix}key/*` : key.startsWith('arn:') ? key : `${prefix}key/${key}`;
  const condition = alias && { 'ForAnyValue:StringEquals': { 'kms:ResourceAliases': alias } };
  return ['kms:CreateGrant', 'kms:DescribeKey', 'kms:RetireGrant'].map((action) => {
    return { action, resource, condition };
  });
}
