import type { CreateRepositoryRequest, ECR, ImageTagMutability, Repository } from '@aws-sdk/client-ecr';
import { ok } from '../../core/result.ts';
import { unreachable } from '../../core/unreachable.ts';
import type { EcrClients } from './clients.ts';
import { orMissing } from './failure.ts';
import { type PrivateEcr, repositoryArn } from './host.ts';
import { policyText } from './policy-text.ts';
import type { RepositoryApi, RepositorySetting, RepositorySettings, TagMutability } from './repository.ts';

interface Options {
  readonly abortSignal: AbortSignal;
}

/** The repositories of a private registry. */
export function privateRepositories(clients: EcrClients, host: PrivateEcr): RepositoryApi {
  const named = (repository: string) => `repository ${repository} at ${host.host}`;
  const api: RepositoryApi = {
    read: (repository, wanted) =>
      clients.ecr(host, `reading ${named(repository)}`, (client, options) =>
        read(client, host, repository, wanted, options),
      ),
    create: async (repository, settings) => {
      const created = await clients.ecr(host, `creating ${named(repository)}`, (client, options) => {
        const input = { ...at(host, repository), ...creation(settings) };
        return orMissing(client.createRepository(input, options), 'RepositoryAlreadyExistsException');
      });
      if (!created.ok) return created;
      if (created.value === undefined) return ok('existed');
      for (const setting of ['lifecyclePolicy', 'repositoryPolicy'] as const) {
        if (settings[setting] === undefined) continue;
        const set = await api.change(repository, setting, settings);
        if (!set.ok) return set;
      }
      return ok('created');
    },
    change: (repository, setting, settings) =>
      clients.ecr(host, `changing ${setting} of ${named(repository)}`, (client, options) =>
        change(client, host, repository, setting, settings, options),
      ),
  };
  return api;
}

function at(host: PrivateEcr, repository: string) {
  return { registryId: host.account, repositoryName: repository };
}

async function read(
  client: ECR,
  host: PrivateEcr,
  repository: string,
  wanted: RepositorySettings,
  options: Options,
): Promise<RepositorySettings | undefined> {
  // One by one: ECR answers for none of several where one is missing.
  const input = { registryId: host.account, repositoryNames: [repository] };
  const answer = await orMissing(client.describeRepositories(input, options), 'RepositoryNotFoundException');
  const [description] = answer?.repositories ?? [];
  if (description === undefined) return undefined;
  const settings: { -readonly [Name in keyof RepositorySettings]: RepositorySettings[Name] } =
    described(description);
  if (wanted.lifecyclePolicy !== undefined) {
    const policy = client.getLifecyclePolicy(at(host, repository), options);
    const found = await orMissing(policy, 'LifecyclePolicyNotFoundException');
    settings.lifecyclePolicy = policyText(found?.lifecyclePolicyText ?? '') ?? '';
  }
  if (wanted.repositoryPolicy !== undefined) {
    const policy = client.getRepositoryPolicy(at(host, repository), options);
    const found = await orMissing(policy, 'RepositoryPolicyNotFoundException');
    settings.repositoryPolicy = policyText(found?.policyText ?? '') ?? '';
  }
  if (wanted.tags !== undefined) {
    const resourceArn = repositoryArn(host, host.account, repository);
    const { tags = [] } = await client.listTagsForResource({ resourceArn }, options);
    settings.tags = Object.fromEntries(tags.map(({ Key = '', Value = '' }) => [Key, Value]));
  }
  return settings;
}

function described(repository: Repository): RepositorySettings {
  const { imageTagMutability = 'MUTABLE', imageTagMutabilityExclusionFilters = [] } = repository;
  const { encryptionType = 'AES256', kmsKey } = repository.encryptionConfiguration ?? {};
  return {
    tagMutability: {
      default: imageTagMutability.startsWith('IMMUTABLE') ? 'IMMUTABLE' : 'MUTABLE',
      except: imageTagMutabilityExclusionFilters.map(({ filter = '' }) => filter),
    },
    scanOnPush: repository.imageScanningConfiguration?.scanOnPush ?? false,
    encryption: { type: encryptionType, ...(kmsKey === undefined ? {} : { kmsKey }) },
  };
}

async function change(
  client: ECR,
  host: PrivateEcr,
  repository: string,
  setting: RepositorySetting,
  settings: RepositorySettings,
  options: Options,
): Promise<unknown> {
  const place = at(host, repository);
  const { tagMutability, scanOnPush = false, lifecyclePolicy, repositoryPolicy, tags } = settings;
  switch (setting) {
    case 'tagMutability':
      return client.putImageTagMutability({ ...place, ...mutability(tagMutability) }, options);
    case 'scanOnPush': {
      const imageScanningConfiguration = { scanOnPush };
      return client.putImageScanningConfiguration({ ...place, imageScanningConfiguration }, options);
    }
    case 'lifecyclePolicy':
      return client.putLifecyclePolicy({ ...place, lifecyclePolicyText: lifecyclePolicy }, options);
    case 'repositoryPolicy':
      return client.setRepositoryPolicy({ ...place, policyText: repositoryPolicy }, options);
    case 'tags': {
      const resourceArn = repositoryArn(host, host.account, repository);
      return client.tagResource({ resourceArn, tags: awsTags(tags) }, options);
    }
    case 'encryption':
      throw new Error('the encryption of a repository cannot be changed');
    default:
      return unreachable(setting);
  }
}

/** What a repository is made with. The policies need calls of their own. */
function creation(settings: RepositorySettings): Partial<CreateRepositoryRequest> {
  const { tagMutability, scanOnPush, encryption, tags } = settings;
  return {
    ...(tagMutability && mutability(tagMutability)),
    ...(scanOnPush !== undefined && { imageScanningConfiguration: { scanOnPush } }),
    ...(encryption && {
      encryptionConfiguration: { encryptionType: encryption.type, kmsKey: encryption.kmsKey },
    }),
    ...(tags && { tags: awsTags(tags) }),
  };
}

function mutability({ default: normal, except }: TagMutability = { default: 'MUTABLE', except: [] }): {
  imageTagMutability: ImageTagMutability;
  imageTagMutabilityExclusionFilters?: { filterType: 'WILDCARD'; filter: string }[];
} {
  if (except.length === 0) return { imageTagMutability: normal };
  return {
    imageTagMutability: `${normal}_WITH_EXCLUSION`,
    imageTagMutabilityExclusionFilters: except.map((filter) => ({ filterType: 'WILDCARD', filter })),
  };
}

function awsTags(tags: Readonly<Record<string, string>> = {}): { Key: string; Value: string }[] {
  return Object.entries(tags).map(([Key, Value]) => ({ Key, Value }));
}
