import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { parseEcrHost } from '../../../orchestrator/oci/ecr/host.ts';
import type { RegistryPlan } from '../../../orchestrator/oci/ecr/plan.ts';
import { leastPolicies } from '../../../orchestrator/oci/ecr/policy.ts';
import { type IamPolicy, policyJson } from '../../../orchestrator/tool/aws/iam-policy.ts';

const account = '123456789012';

function planAt(name: string, plan: Partial<RegistryPlan>): RegistryPlan {
  const host = parseEcrHost(name);
  assert.ok(host);
  const nothing = { create: [], existing: [], drift: [], fixedTags: [], notes: [], platforms: [] };
  return { host, account, settings: {}, ...nothing, ...plan };
}

/** The policy of plans, as sorted lines `action on resource`; and its JSON must be canonical and whole. */
function lines(plans: readonly RegistryPlan[], reconcile = false): readonly string[] {
  const [policy, ...others] = leastPolicies(plans, { reconcile });
  assert.ok(policy !== undefined && others.length === 0);
  assert.equal(JSON.parse(policyJson(policy)), JSON.parse(JSON.stringify(policy)));
  assert.is(policy.Version, '2012-10-17');
  return grants(policy);
}

function grants({ Statement }: IamPolicy): readonly string[] {
  const all = Statement.flatMap(({ Effect, Action, Resource }) => {
    assert.is(Effect, 'Allow');
    return Action.flatMap((action) => Resource.map((resource) => `${action} on ${resource}`));
  });
  assert.is(new Set(all).size, all.length, 'something is granted twice');
  return all.sort();
}

const west = `${account}.dkr.ecr.us-west-2.amazonaws.com`;
const arn = `arn:aws:ecr:us-west-2:${account}:repository`;
const push = (resource: string) =>
  [
    ...['BatchCheckLayerAvailability', 'BatchGetImage', 'CompleteLayerUpload', 'DescribeRepositories'],
    ...['GetDownloadUrlForLayer', 'InitiateLayerUpload', 'PutImage', 'UploadLayerPart'],
  ].map((action) => `ecr:${action} on ${resource}`);

test('a push to what is there takes no more than reading and pushing', () => {
  const plan = planAt(west, { existing: ['a/b'], settings: { scanOnPush: true } });
  assert.equal(lines([plan]), [...push(`${arn}/a/b`), 'ecr:GetAuthorizationToken on *'].sort());
});

test('only what is missing may be made, and only what is set may be read and set', () => {
  const settings = { lifecyclePolicy: '{"rules":[]}', tags: { team: 'a' } };
  const plan = planAt(west, { existing: ['old'], create: ['new'], settings });
  const reads = ['GetLifecyclePolicy', 'ListTagsForResource'];
  assert.equal(
    lines([plan]),
    [
      ...push(`${arn}/old`),
      ...push(`${arn}/new`),
      ...reads.flatMap((action) => [`ecr:${action} on ${arn}/old`, `ecr:${action} on ${arn}/new`]),
      `ecr:CreateRepository on ${arn}/new`,
      `ecr:PutLifecyclePolicy on ${arn}/new`,
      `ecr:TagResource on ${arn}/new`,
      'ecr:GetAuthorizationToken on *',
    ].sort(),
  );
});

test('what differs may be changed only where that is asked for, and encryption never', () => {
  const words = { found: '', wanted: '' };
  const drift = [
    { repository: 'a', setting: 'scanOnPush', isChangeable: true, ...words },
    { repository: 'b', setting: 'encryption', isChangeable: false, ...words },
  ] as const;
  const plan = planAt(west, { existing: ['a', 'b'], drift });
  const extra = `ecr:PutImageScanningConfiguration on ${arn}/a`;
  const without = lines([plan]);
  assert.not.ok(without.includes(extra));
  assert.equal(lines([plan], true), [...without, extra].sort());
});

test('a key of the account takes its grants, by id, ARN or alias, where something is made', () => {
  const made = (kmsKey: string | undefined, create = ['a']) => {
    const encryption = kmsKey === undefined ? { type: 'KMS' as const } : { type: 'KMS' as const, kmsKey };
    const plan = planAt(`${account}.dkr.ecr.cn-north-1.amazonaws.com.cn`, {
      create,
      settings: { encryption },
    });
    const [policy] = leastPolicies([plan], { reconcile: false });
    assert.ok(policy);
    return policy.Statement.filter(({ Action }) => Action.includes('kms:CreateGrant'));
  };
  const actions = { Effect: 'Allow', Action: ['kms:CreateGrant', 'kms:DescribeKey', 'kms:RetireGrant'] };
  const keys = `arn:aws-cn:kms:cn-north-1:${account}:key`;
  assert.equal(made('12ab'), [{ ...actions, Resource: [`${keys}/12ab`] }]);
  assert.equal(made(`${keys}/34cd`), [{ ...actions, Resource: [`${keys}/34cd`] }]);
  const Condition = { 'ForAnyValue:StringEquals': { 'kms:ResourceAliases': 'alias/images' } };
  for (const alias of ['alias/images', `arn:aws-cn:kms:cn-north-1:${account}:alias/images`]) {
    assert.equal(made(alias), [{ ...actions, Resource: [`${keys}/*`], Condition }]);
  }
  assert.equal(made(undefined), []);
  assert.equal(made('12ab', []), []);
});

test('the public registry takes actions of its own, and a token of STS', () => {
  const plan = planAt('public.ecr.aws', { create: ['coredns'], settings: { tags: { team: 'a' } } });
  const on = `on arn:aws:ecr-public::${account}:repository/coredns`;
  assert.equal(
    lines([plan]),
    [
      ...['BatchCheckLayerAvailability', 'CompleteLayerUpload', 'CreateRepository', 'DescribeRepositories'],
      ...['InitiateLayerUpload', 'ListTagsForResource', 'PutImage', 'TagResource', 'UploadLayerPart'],
    ]
      .map((action) => `ecr-public:${action} ${on}`)
      .concat('ecr-public:DescribeRegistries on *', 'ecr-public:GetAuthorizationToken on *')
      .concat('sts:GetServiceBearerToken on *')
      .sort(),
  );
});

test('several regions are one policy; where IAM would refuse its length, one each', () => {
  const regions = ['us-west-2', 'eu-west-1', 'ap-south-1'];
  const plans = (names: readonly string[]) =>
    regions.map((region) => planAt(`${account}.dkr.ecr.${region}.amazonaws.com`, { create: names }));
  assert.is(leastPolicies(plans(['a']), { reconcile: false }).length, 1);
  const many = Array.from({ length: 40 }, (_, at) => `eks-distro/kubernetes-csi/repository-${at}`);
  const policies = leastPolicies(plans(many), { reconcile: false });
  assert.is(policies.length, 3);
  for (const [at, policy] of policies.entries()) {
    assert.ok(policyJson(policy).length <= 6144, `${policyJson(policy).length}`);
    const wanted = grants(policy).filter((line) => !line.endsWith(' on *'));
    assert.ok(wanted.every((line) => line.includes(`:${regions[at]}:`)));
    assert.is(wanted.length, 40 * 9);
  }
});

test.run();
