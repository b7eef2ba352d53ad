import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { ok } from '../../../orchestrator/core/result.ts';
import type { EcrClients } from '../../../orchestrator/oci/ecr/clients.ts';
import { parseEcrHost } from '../../../orchestrator/oci/ecr/host.ts';
import { openRepositories } from '../../../orchestrator/oci/ecr/repositories.ts';
import type { RepositorySetting, RepositorySettings } from '../../../orchestrator/oci/ecr/repository.ts';
import { unwrap } from '../registry/rig.ts';

const account = '123456789012';
const names = {
  private: `${account}.dkr.ecr.us-west-2.amazonaws.com`,
  public: 'public.ecr.aws',
};
const arns = {
  private: `arn:aws:ecr:us-west-2:${account}:repository/a`,
  public: `arn:aws:ecr-public::${account}:repository/a`,
};

type Kind = keyof typeof names;

/** Repositories whose service answers by a call's name, an error where that is a text, and what it was sent. */
function open(kind: Kind, answers: Readonly<Record<string, object | string>> = {}) {
  const sent: Record<string, object> = {};
  const client = new Proxy(
    {},
    {
      get: (_, call: string) => async (input: object) => {
        sent[call] = input;
        const answer = answers[call] ?? {};
        if (typeof answer === 'object') return answer;
        throw Object.assign(new Error(), { name: answer });
      },
    },
  );
  const clients = {
    ecr: async (_host: unknown, _what: string, call: (by: object, options: object) => unknown) =>
      ok(await call(client, {})),
    ecrPublic: async (_what: string, call: (by: object, options: object) => unknown) =>
      ok(await call(client, {})),
  } as unknown as EcrClients;
  const host = parseEcrHost(names[kind]);
  assert.ok(host);
  return { sent, api: openRepositories(clients, host, account, ['linux/arm64']) };
}

const settings: RepositorySettings = {
  tagMutability: { default: 'IMMUTABLE', except: ['*-latest'] },
  scanOnPush: true,
  encryption: { type: 'KMS', kmsKey: 'alias/images' },
  lifecyclePolicy: '{"rules":[]}',
  repositoryPolicy: '{"Version":"2012-10-17"}',
  tags: { team: 'a' },
};
const { repositoryPolicy, tags } = settings;
const common: RepositorySettings = { repositoryPolicy, tags };

/** As the API has them. */
const mutability = {
  imageTagMutability: 'IMMUTABLE_WITH_EXCLUSION',
  imageTagMutabilityExclusionFilters: [{ filterType: 'WILDCARD', filter: '*-latest' }],
};
const imageScanningConfiguration = { scanOnPush: true };
const awsTags = [{ Key: 'team', Value: 'a' }];
const place = { registryId: account, repositoryName: 'a' };
const catalogData = { operatingSystems: ['Linux'], architectures: ['ARM 64'] };

test('all settings of a repository are read as they were given', async () => {
  const description = {
    ...mutability,
    ...{
      imageScanningConfiguration,
      encryptionConfiguration: { encryptionType: 'KMS', kmsKey: 'alias/images' },
    },
  };
  const answers = {
    describeRepositories: { repositories: [description] },
    getLifecyclePolicy: { lifecyclePolicyText: '{ "rules": [] }' },
    getRepositoryPolicy: { policyText: '{ "Version": "2012-10-17" }' },
    listTagsForResource: { tags: awsTags },
  };
  for (const [kind, wanted] of [
    ['private', settings],
    ['public', common],
  ] as const) {
    const { api, sent } = open(kind, answers);
    assert.equal(unwrap(await api.read('a', wanted)), wanted);
    assert.equal(
      [sent['getRepositoryPolicy'], sent['listTagsForResource']],
      [place, { resourceArn: arns[kind] }],
    );
  }
  const { api, sent } = open('private', answers);
  const { tagMutability, scanOnPush, encryption } = settings;
  assert.equal(unwrap(await api.read('a', {})), { tagMutability, scanOnPush, encryption });
  assert.equal(Object.keys(sent), ['describeRepositories']);
});

test('a repository without policies has none, and one that is not there nothing', async () => {
  const { api } = open('private', {
    describeRepositories: { repositories: [{}] },
    getLifecyclePolicy: 'LifecyclePolicyNotFoundException',
    getRepositoryPolicy: 'RepositoryPolicyNotFoundException',
  });
  assert.equal(unwrap(await api.read('a', settings)), {
    ...{ tagMutability: { default: 'MUTABLE', except: [] }, scanOnPush: false },
    ...{
      encryption: { type: 'AES256', kmsKey: undefined },
      lifecyclePolicy: '',
      repositoryPolicy: '',
      tags: {},
    },
  });
  const missing = open('public', { describeRepositories: 'RepositoryNotFoundException' });
  assert.is(unwrap(await missing.api.read('a', common)), undefined);
});

test('a new repository is made with what the call takes, and then gets its policies', async () => {
  const { api, sent } = open('private');
  assert.is(unwrap(await api.create('a', settings)), 'created');
  assert.equal(sent, {
    createRepository: {
      ...{ ...place, ...mutability, imageScanningConfiguration, tags: awsTags },
      encryptionConfiguration: { encryptionType: 'KMS', kmsKey: 'alias/images' },
    },
    putLifecyclePolicy: { ...place, lifecyclePolicyText: settings.lifecyclePolicy },
    setRepositoryPolicy: { ...place, policyText: repositoryPolicy },
  });
  const inPublic = open('public');
  assert.is(unwrap(await inPublic.api.create('a', common)), 'created');
  assert.equal(inPublic.sent, {
    createRepository: { repositoryName: 'a', catalogData, tags: awsTags },
    setRepositoryPolicy: { ...place, policyText: repositoryPolicy },
  });
  const raced = open('public', { createRepository: 'RepositoryAlreadyExistsException' });
  assert.is(unwrap(await raced.api.create('a', common)), 'existed');
  assert.equal(Object.keys(raced.sent), ['createRepository']);
});

const changes: readonly (readonly [kind: Kind, setting: RepositorySetting, call: string, input: object])[] = [
  ['private', 'tagMutability', 'putImageTagMutability', { ...place, ...mutability }],
  ['private', 'scanOnPush', 'putImageScanningConfiguration', { ...place, imageScanningConfiguration }],
  ['private', 'lifecyclePolicy', 'putLifecyclePolicy', { ...place, lifecyclePolicyText: '{"rules":[]}' }],
  ['private', 'repositoryPolicy', 'setRepositoryPolicy', { ...place, policyText: repositoryPolicy }],
  ['private', 'tags', 'tagResource', { resourceArn: arns.private, tags: awsTags }],
  ['public', 'repositoryPolicy', 'setRepositoryPolicy', { ...place, policyText: repositoryPolicy }],
  ['public', 'tags', 'tagResource', { resourceArn: arns.public, tags: awsTags }],
];

for (const [kind, setting, call, input] of changes) {
  test(`${setting} of a ${kind} repository is changed by ${call}`, async () => {
    const { api, sent } = open(kind);
    unwrap(await api.change('a', setting, settings));
    assert.equal(sent, { [call]: input });
  });
}

test.run();
