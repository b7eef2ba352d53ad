import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { parseEcrHost, replicaHosts, repositoryArn } from '../../../orchestrator/oci/ecr/host.ts';

const account = '123456789012';

const names: readonly (readonly [host: string, partition: string, region: string, kind?: string])[] = [
  [`${account}.dkr.ecr.us-west-2.amazonaws.com`, 'aws', 'us-west-2'],
  [`${account}.dkr.ecr.ap-southeast-7.amazonaws.com`, 'aws', 'ap-southeast-7'],
  [`${account}.DKR.ecr.EU-west-1.amazonaws.com`, 'aws', 'eu-west-1'],
  [`${account}.dkr.ecr-fips.us-east-1.amazonaws.com`, 'aws', 'us-east-1', 'fips'],
  [`${account}.dkr-ecr.us-east-2.on.aws`, 'aws', 'us-east-2', 'dual-stack'],
  [`${account}.dkr-ecr-fips.us-east-2.on.aws`, 'aws', 'us-east-2', 'fips dual-stack'],
  [`${account}.dkr.ecr.us-gov-west-1.amazonaws.com`, 'aws-us-gov', 'us-gov-west-1'],
  [`${account}.dkr.ecr-fips.us-gov-east-1.amazonaws.com`, 'aws-us-gov', 'us-gov-east-1', 'fips'],
  [`${account}.dkr-ecr.us-gov-west-1.on.aws`, 'aws-us-gov', 'us-gov-west-1', 'dual-stack'],
  [`${account}.dkr.ecr.cn-north-1.amazonaws.com.cn`, 'aws-cn', 'cn-north-1'],
  [`${account}.dkr-ecr.cn-northwest-1.on.amazonwebservices.com.cn`, 'aws-cn', 'cn-northwest-1', 'dual-stack'],
  [`${account}.dkr.ecr.eusc-de-east-1.amazonaws.eu`, 'aws-eusc', 'eusc-de-east-1'],
  [`${account}.dkr.ecr.us-iso-east-1.c2s.ic.gov`, 'aws-iso', 'us-iso-east-1'],
  [`${account}.dkr.ecr.us-isob-east-1.sc2s.sgov.gov`, 'aws-iso-b', 'us-isob-east-1'],
  [`${account}.dkr.ecr.eu-isoe-west-1.cloud.adc-e.uk`, 'aws-iso-e', 'eu-isoe-west-1'],
  [`${account}.dkr.ecr.us-isof-south-1.csp.hci.ic.gov`, 'aws-iso-f', 'us-isof-south-1'],
];

for (const [host, partition, region, kind = ''] of names) {
  test(`${host} is a registry in ${region} of ${partition}`, () => {
    assert.equal(parseEcrHost(host), {
      ...{ kind: 'private', host: host.toLowerCase(), partition, account, region },
      ...{ isFips: kind.includes('fips'), isDualStack: kind.includes('dual-stack') },
    });
  });
}

for (const host of ['public.ecr.aws', 'ecr-public.aws.com']) {
  test(`${host} is the public registry`, () => {
    assert.equal(parseEcrHost(host), { kind: 'public', host, partition: 'aws', region: 'us-east-1' });
  });
}

const others: readonly (readonly [what: string, host: string])[] = [
  ['another registry', 'registry.example.com'],
  ['an account of eleven digits', '12345678901.dkr.ecr.us-west-2.amazonaws.com'],
  ['more behind it', `${account}.dkr.ecr.us-west-2.amazonaws.com.example.com`],
  ['more in front', `a.${account}.dkr.ecr.us-west-2.amazonaws.com`],
  ['a port', `${account}.dkr.ecr.us-west-2.amazonaws.com:5000`],
  ['a region of another partition', `${account}.dkr.ecr.cn-north-1.amazonaws.com`],
  ['a domain of another partition', `${account}.dkr.ecr.us-west-2.amazonaws.com.cn`],
  ['the dual-stack domain of the other kind', `${account}.dkr.ecr.us-west-2.on.aws`],
  ['the API', 'api.ecr.us-west-2.amazonaws.com'],
  ['no region', `${account}.dkr.ecr.amazonaws.com`],
  ['a host below the public registry', 'a.public.ecr.aws'],
];

for (const [what, host] of others) {
  test(`a name with ${what} is none of ECR`, () => {
    assert.is(parseEcrHost(host), undefined);
  });
}

test('replicas are the same account in the other regions, by the same kind of name', () => {
  const found = replicaHosts(`${account}.dkr-ecr-fips.us-east-1.on.aws`, [
    ...['us-west-2', 'us-east-1', 'ca-central-1', 'us-west-2'],
  ]);
  assert.ok(found.ok);
  assert.equal(
    found.value.map(({ host }) => host),
    [`${account}.dkr-ecr-fips.us-west-2.on.aws`, `${account}.dkr-ecr-fips.ca-central-1.on.aws`],
  );
  for (const each of found.value) assert.equal(parseEcrHost(each.host), each);
});

test('no registry is replicated to another partition', () => {
  const found = replicaHosts(`${account}.dkr.ecr.us-east-1.amazonaws.com`, ['us-west-2', 'cn-north-1']);
  assert.is(found.ok, false);
  assert.match(JSON.stringify(found), 'Region cn-north-1 belongs to partition aws-cn');
});

test('only private registries of ECR have replicas', () => {
  for (const host of ['public.ecr.aws', 'registry.example.com']) {
    assert.is(replicaHosts(host, ['us-west-2']).ok, false);
    assert.equal(replicaHosts(host, []), { ok: true, value: [] });
  }
});

test("an ARN has the partition, and the public registry's no region", () => {
  const china = parseEcrHost(`${account}.dkr.ecr.cn-north-1.amazonaws.com.cn`);
  const open = parseEcrHost('public.ecr.aws');
  assert.ok(china !== undefined && open !== undefined);
  assert.is(repositoryArn(china, account, 'a/b'), `arn:aws-cn:ecr:cn-north-1:${account}:repository/a/b`);
  assert.is(repositoryArn(open, account, 'a/b'), `arn:aws:ecr-public::${account}:repository/a/b`);
});

test.run();
