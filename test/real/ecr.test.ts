import * as assert from 'uvu/assert';
import type { EcrSettings } from '../../orchestrator/config/settings/ecr.ts';
import type { OciDigest } from '../../orchestrator/core/oci.ts';
import { createEcrCredentials, requestLogin } from '../../orchestrator/oci/ecr/credentials.ts';
import { applyEcr } from '../../orchestrator/oci/ecr/ecr.ts';
import { type PrivateEcr, parseEcrHost } from '../../orchestrator/oci/ecr/host.ts';
import type { RegistryPlan } from '../../orchestrator/oci/ecr/plan.ts';
import { leastPolicies } from '../../orchestrator/oci/ecr/policy.ts';
import { readScanFindings } from '../../orchestrator/oci/ecr/scan-findings.ts';
import { canary, clientsOf, exampleKeys, expectOk, planNamed, refusedActions } from '../rig/ecr.ts';
import { type Answer, type AwsCall, type FakeAws, motoAccount, startMoto } from '../rig/moto.ts';
import { suite } from '../rig/suite.ts';

/** What answers in the place of moto, where a test wants that. */
const state: { answer: Answer } = { answer: () => undefined };

const test = suite<{ aws: FakeAws }>('ECR as moto has it');
test.before(async (context, defer) => {
  context.aws = await startMoto((call) => state.answer(call));
  defer(() => context.aws.stop());
});
test.before.each(({ aws }) => {
  aws.calls.length = 0;
  state.answer = () => undefined;
});

const hostName = (region: string) => `${motoAccount}.dkr.ecr.${region}.amazonaws.com`;

const isWrite = ({ operation }: AwsCall) => /^(Create|Put|Set|Tag|Delete|Untag)/.test(operation);

const lifecycle = {
  rules: [
    {
      rulePriority: 1,
      selection: {
        tagStatus: 'untagged',
        countType: 'sinceImagePushed',
        countUnit: 'days',
        countNumber: 14,
      },
      action: { type: 'expire' },
    },
  ],
};
const readers = {
  Version: '2012-10-17',
  Statement: [
    {
      Sid: 'Readers',
      Effect: 'Allow',
      Principal: { AWS: 'arn:aws:iam::111122223333:root' },
      Action: ['ecr:BatchGetImage'],
    },
  ],
};
const full: EcrSettings = {
  tagMutability: { default: 'IMMUTABLE', except: ['*-latest'] },
  scanOnPush: true,
  encryption: { type: 'KMS', kmsKey: 'alias/images' },
  lifecyclePolicy: JSON.stringify(lifecycle),
  repositoryPolicy: JSON.stringify(readers),
  tags: { team: 'platform', release: 'v1-30-eks-5' },
  replicate: ['eu-west-1'],
};

/** Whether the least policies of plans allow all calls. */
function assertAllowed(plans: readonly RegistryPlan[], calls: readonly AwsCall[], reconcile = false): void {
  const policies = leastPolicies(plans, { reconcile });
  assert.equal(
    calls.flatMap((call) => refusedActions(policies, call)),
    [],
  );
}

test('makes what is missing in all regions, with all settings; a second run writes nothing', async ({
  aws,
}) => {
  const names = ['all/coredns/coredns', 'all/etcd-io/etcd'];
  const clients = clientsOf(aws.url);
  const plans = expectOk(await planNamed(clients, hostName('us-west-2'), names, full));
  assert.equal(
    plans.map(({ host, create, existing }) => [host.host, create, existing]),
    ['us-west-2', 'eu-west-1'].map((region) => [hostName(region), names, []]),
  );
  assert.not.ok(aws.calls.some(isWrite), 'a plan writes');
  for (const each of plans) {
    const applied = expectOk(await applyEcr(clients, each, { reconcile: false }));
    assert.equal(applied, { created: names, existed: [], changed: [], left: [] });
  }
  assertAllowed(plans, aws.calls);
  assert.is(aws.calls.filter(({ operation }) => operation === 'CreateRepository').length, 4);

  aws.calls.length = 0;
  const again = expectOk(await planNamed(clients, hostName('us-west-2'), names, full));
  for (const each of again) {
    assert.equal([each.create, each.existing, each.drift, each.fixedTags], [[], names, [], []]);
    const applied = expectOk(await applyEcr(clients, each, { reconcile: true }));
    assert.equal(applied, { created: [], existed: [], changed: [], left: [] });
  }
  assert.ok(aws.calls.length > 0);
  assert.equal(aws.calls.filter(isWrite), []);
  assertAllowed(again, aws.calls);
});

test('tells what differs, leaves it, and changes it where that is asked for', async ({ aws }) => {
  const clients = clientsOf(aws.url);
  const host = hostName('us-west-2');
  const [first] = expectOk(
    await planNamed(clients, host, ['drift'], { tagMutability: { default: 'IMMUTABLE' } }),
  );
  assert.ok(first);
  expectOk(await applyEcr(clients, first, { reconcile: false }));
  const wanted = { ...full, replicate: [] };
  const all = ['tagMutability', 'scanOnPush', 'encryption', 'lifecyclePolicy', 'repositoryPolicy', 'tags'];
  const [found] = expectOk(await planNamed(clients, host, ['drift'], wanted));
  assert.ok(found);
  assert.equal(
    found.drift.map(({ setting }) => setting),
    all,
  );
  assert.equal(found.fixedTags, [{ repository: 'drift', tag: 'v1-latest' }]);

  aws.calls.length = 0;
  const left = expectOk(await applyEcr(clients, found, { reconcile: false }));
  assert.equal([left.changed, left.left, aws.calls], [[], found.drift, []]);

  const changed = expectOk(await applyEcr(clients, found, { reconcile: true }));
  assert.equal(
    changed.left.map(({ setting }) => setting),
    ['encryption'],
  );
  assert.is(aws.calls.filter(isWrite).length, 5);
  assertAllowed([found], aws.calls, true);
  const lesser = leastPolicies([found], { reconcile: false });
  for (const call of aws.calls) assert.is(refusedActions(lesser, call).length, 1);

  const [after] = expectOk(await planNamed(clients, host, ['drift'], wanted));
  assert.equal(
    after?.drift.map(({ setting, found: is }) => [setting, is]),
    [['encryption', 'AES256']],
  );
  assert.equal(after?.fixedTags, []);
});

test('a repository that somebody makes meanwhile is left as it is', async ({ aws }) => {
  const clients = clientsOf(aws.url);
  const [mine] = expectOk(await planNamed(clients, hostName('us-west-2'), ['raced'], full));
  const [other] = expectOk(await planNamed(clients, hostName('us-west-2'), ['raced'], {}));
  assert.ok(mine && other);
  expectOk(await applyEcr(clients, other, { reconcile: false }));
  aws.calls.length = 0;
  const applied = expectOk(await applyEcr(clients, mine, { reconcile: false }));
  assert.equal(applied, { created: [], existed: ['raced'], changed: [], left: [] });
  assert.equal(
    aws.calls.map(({ operation }) => operation),
    ['CreateRepository'],
  );
});

test("credentials of another account than the registry's are told where something is to be made", async ({
  aws,
}) => {
  const other = '210987654321.dkr.ecr.us-west-2.amazonaws.com';
  const [found] = expectOk(await planNamed(clientsOf(aws.url), other, ['a'], {}));
  assert.match(String(found?.notes), `account 210987654321's, the credentials account ${motoAccount}'s`);
});

test('signs in with the keys of the environment that it is given', async ({ aws }) => {
  const clients = clientsOf(aws.url, { ...exampleKeys, AWS_SESSION_TOKEN: 'token' });
  const credentials = createEcrCredentials({
    request: (host) => requestLogin(clients, host),
    now: Date.now,
    signsInToPublic: false,
  });
  assert.equal(expectOk(await credentials(hostName('ap-south-1'))), {
    username: 'AWS',
    password: `${motoAccount}-auth-token`,
  });
  assert.equal(
    aws.calls.map(({ operation, region }) => [operation, region]),
    [['GetAuthorizationToken', 'ap-south-1']],
  );
});

test('without credentials it says what to set', async ({ aws }) => {
  const saved = process.env;
  // The SDK itself reads the process where it is given nothing.
  process.env = { PATH: saved['PATH'], HOME: '/nonexistent', AWS_EC2_METADATA_DISABLED: 'true' };
  try {
    const found = await planNamed(clientsOf(aws.url, {}), hostName('us-west-2'), ['a'], {});
    assert.ok(!found.ok && found.error.reason === 'usage');
    assert.match(found.error.message, 'No AWS credentials were found for reading repository a');
    assert.match(found.error.help, 'AWS_PROFILE');
    assert.equal(aws.calls, []);
  } finally {
    process.env = saved;
  }
});

test('a busy service is asked again, and one that stays broken is the network', async ({ aws }) => {
  let refusals = 2;
  state.answer = () => {
    refusals -= 1;
    if (refusals < 0) return undefined;
    return { status: 400, body: { __type: 'ThrottlingException', message: 'Rate exceeded' } };
  };
  assert.ok((await planNamed(clientsOf(aws.url), hostName('us-west-2'), ['a'], {})).ok);
  state.answer = () => ({ status: 503, body: { __type: 'ServerException', message: 'Later' } });
  const found = await planNamed(clientsOf(aws.url), hostName('us-west-2'), ['a'], {});
  assert.ok(!found.ok && found.error.reason === 'network', JSON.stringify(found));
});

test('what AWS says is passed on without a secret', async ({ aws }) => {
  state.answer = () => ({
    status: 400,
    body: {
      __type: 'InvalidSignatureException',
      message: `No ${canary} here.\n\nThe request was token-canary`,
    },
  });
  const clients = clientsOf(aws.url, { ...exampleKeys, AWS_SESSION_TOKEN: 'token-canary' });
  const found = await planNamed(clients, hostName('us-west-2'), ['a'], {});
  assert.ok(!found.ok && found.error.reason === 'usage');
  assert.match(found.error.message, 'InvalidSignatureException: No *** here.');
  assert.not.match(JSON.stringify(found), 'canary');
});

test('what is refused names the call, and what was made before stays', async ({ aws }) => {
  const clients = clientsOf(aws.url);
  const [found] = expectOk(await planNamed(clients, hostName('us-west-2'), ['kept', 'denied'], {}));
  assert.ok(found);
  state.answer = ({ operation, input }) => {
    if (operation !== 'CreateRepository' || input['repositoryName'] !== 'denied') return undefined;
    return { status: 400, body: { __type: 'AccessDeniedException', message: 'User is not authorized' } };
  };
  const applied = await applyEcr(clients, found, { reconcile: false });
  assert.ok(!applied.ok && applied.error.reason === 'usage');
  assert.match(applied.error.message, 'AWS does not allow creating repository denied');
  const [after] = expectOk(await planNamed(clients, hostName('us-west-2'), ['kept', 'denied'], {}));
  assert.equal([after?.create, after?.existing], [['denied'], ['kept']]);
});

test('reads what a scan found, and that there was none', async ({ aws }) => {
  const clients = clientsOf(aws.url);
  const host = parseEcrHost(hostName('us-west-2')) as PrivateEcr;
  const manifest = JSON.stringify({
    ...{ schemaVersion: 2, mediaType: 'application/vnd.oci.image.manifest.v1+json' },
    config: {
      mediaType: 'application/vnd.oci.image.config.v1+json',
      size: 2,
      digest: `sha256:${'1'.repeat(64)}`,
    },
    layers: [],
  });
  const repositoryName = 'scanned/etcd';
  const put = await clients.ecr(host, 'putting', async (ecr) => {
    await ecr.createRepository({ repositoryName });
    return ecr.putImage({ repositoryName, imageManifest: manifest, imageTag: 'v1' });
  });
  const digest = expectOk(put).image?.imageId?.imageDigest as OciDigest;
  const none = expectOk(await readScanFindings(clients, host, repositoryName, digest));
  assert.equal(none, { state: 'none', why: 'ECR has no scan of it' });
  const imageId = { imageDigest: digest };
  expectOk(await clients.ecr(host, 'scanning', (ecr) => ecr.startImageScan({ repositoryName, imageId })));
  const scan = expectOk(await readScanFindings(clients, host, repositoryName, digest));
  assert.ok(scan.state === 'complete');
  assert.ok(scan.findings.length > 0);
  for (const { name, severity } of scan.findings) assert.match(`${name} ${severity}`, /^CVE-[0-9-]+ [A-Z]+$/);
});

test.run();
