import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { EcrSettings } from '../../orchestrator/config/settings/ecr.ts';
import { requestLogin } from '../../orchestrator/oci/ecr/credentials.ts';
import { applyEcr } from '../../orchestrator/oci/ecr/ecr.ts';
import { parseEcrHost } from '../../orchestrator/oci/ecr/host.ts';
import { clientsOf, expectOk, planNamed } from '../rig/ecr.ts';
import { type AwsCall, motoAccount, startAws } from '../rig/moto.ts';

// Moto has no public registry: what answers here does so as the API reference of Amazon ECR Public says.

test('makes repositories below the alias of the account, with what the gallery shows', async () => {
  const made = new Map<string, AwsCall['input']>();
  const aws = await startAws(({ operation, input }) => {
    const [name] = [input['repositoryNames']].flat();
    switch (operation) {
      case 'DescribeRegistries':
        return {
          status: 200,
          body: { registries: [{ registryId: motoAccount, aliases: [{ name: 'alias' }] }] },
        };
      case 'DescribeRepositories':
        if (made.has(String(name)))
          return { status: 200, body: { repositories: [{ repositoryName: name }] } };
        return { status: 400, body: { __type: 'RepositoryNotFoundException', message: 'None.' } };
      case 'CreateRepository':
        made.set(String(input['repositoryName']), input);
        return { status: 200, body: { repository: {} } };
      case 'ListTagsForResource':
        return { status: 200, body: { tags: [{ Key: 'team', Value: 'platform' }] } };
      case 'GetAuthorizationToken': {
        const authorizationToken = Buffer.from('AWS:pass:word').toString('base64');
        return { status: 200, body: { authorizationData: { authorizationToken, expiresAt: 1e9 } } };
      }
      default:
        return undefined;
    }
  });
  try {
    const clients = clientsOf(aws.url);
    const settings: EcrSettings = { scanOnPush: true, tags: { team: 'platform' }, replicate: ['eu-west-1'] };
    const names = ['alias/eks-distro/coredns'];
    const [found] = expectOk(await planNamed(clients, 'public.ecr.aws', names, settings));
    assert.ok(found);
    assert.equal([found.account, found.create], [motoAccount, ['eks-distro/coredns']]);
    assert.is(found.notes.length, 2);
    expectOk(await applyEcr(clients, found, { reconcile: false }));
    assert.equal(made.get('eks-distro/coredns'), {
      repositoryName: 'eks-distro/coredns',
      catalogData: { operatingSystems: ['Linux', 'Windows'], architectures: ['x86-64', 'ARM 64'] },
      tags: [{ Key: 'team', Value: 'platform' }],
    });
    const [again] = expectOk(await planNamed(clients, 'public.ecr.aws', names, settings));
    assert.equal([again?.create, again?.existing, again?.drift], [[], ['eks-distro/coredns'], []]);
    assert.ok(aws.calls.every(({ region }) => region === 'us-east-1'));

    const other = await planNamed(clients, 'public.ecr.aws', ['other/eks-distro/coredns'], settings);
    assert.match(JSON.stringify(other), /push below public.ecr.aws\/alias/);
    const mixed = await planNamed(clients, 'public.ecr.aws', [...names, 'other/a'], settings);
    assert.match(JSON.stringify(mixed), 'not all below one alias');

    const host = parseEcrHost('public.ecr.aws');
    assert.ok(host);
    const login = expectOk(await requestLogin(clients, host));
    assert.equal(login, { username: 'AWS', password: 'pass:word', expiresAt: 1e12 });
  } finally {
    await aws.stop();
  }
});

test.run();
