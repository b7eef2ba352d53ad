import type { Failure } from '../../core/failure.ts';
import type { Platform } from '../../core/platform.ts';
import { err, ok, type Result } from '../../core/result.ts';
import type { EcrClients } from './clients.ts';
import { orMissing } from './failure.ts';
import { type PublicEcr, repositoryArn } from './host.ts';
import { policyText } from './policy-text.ts';
import type { RepositoryApi, RepositorySettings } from './repository.ts';

/** Words that the public gallery looks for (ECR Public API, RepositoryCatalogDataInput), by parts of a platform. */
const systems: Readonly<Record<string, string>> = { linux: 'Linux', windows: 'Windows' };
const architectures: Readonly<Record<string, string>> = {
  ...{ amd64: 'x86-64', arm64: 'ARM 64', '386': 'x86', arm: 'ARM' },
};

/**
 * The account whose part of the public registry an alias is, as `public.ecr.aws/<alias>/...` has it.
 * Errors: `usage` where the credentials are another account's; those of `attempt`.
 */
export async function accountOfAlias(
  clients: EcrClients,
  host: PublicEcr,
  alias: string,
): Promise<Result<string, Failure>> {
  const answer = await clients.ecrPublic('reading the public registry', (client, options) =>
    client.describeRegistries({}, options),
  );
  if (!answer.ok) return answer;
  const registries = answer.value.registries ?? [];
  const aliases = registries.flatMap((each) => (each.aliases ?? []).map(({ name = '' }) => name));
  const registry = registries.find((each) => each.aliases?.some(({ name }) => name === alias));
  if (registry?.registryId !== undefined) return ok(registry.registryId);
  return err({
    reason: 'usage',
    message: `The public registry of these AWS credentials is not ${host.host}/${alias}.`,
    help: `Sign in as its owner, or push below ${aliases.map((name) => `${host.host}/${name}`).join(' or ')}.`,
  });
}

/** The repositories of an account in the public registry. The gallery shows them with the platforms. */
export function publicRepositories(
  clients: EcrClients,
  host: PublicEcr,
  account: string,
  platforms: readonly Platform[],
): RepositoryApi {
  const at = (repository: string) => ({ registryId: account, repositoryName: repository });
  const arn = (repository: string) => repositoryArn(host, account, repository);
  const named = (repository: string) => `public repository ${repository}`;
  const parts = platforms.map((platform) => platform.split('/'));
  const catalogData = {
    operatingSystems: words(parts.map(([system = '']) => systems[system])),
    architectures: words(parts.map(([, architecture = '']) => architectures[architecture])),
  };
  const api: RepositoryApi = {
    read: (repository, wanted) =>
      clients.ecrPublic(`reading ${named(repository)}`, async (client, options) => {
        const input = { registryId: account, repositoryNames: [repository] };
        const known = client.describeRepositories(input, options);
        const answer = await orMissing(known, 'RepositoryNotFoundException');
        if (answer?.repositories?.[0] === undefined) return undefined;
        const settings: { -readonly [Name in keyof RepositorySettings]: RepositorySettings[Name] } = {};
        if (wanted.repositoryPolicy !== undefined) {
          const policy = client.getRepositoryPolicy(at(repository), options);
          const found = await orMissing(policy, 'RepositoryPolicyNotFoundException');
          settings.repositoryPolicy = policyText(found?.policyText ?? '') ?? '';
        }
        if (wanted.tags !== undefined) {
          const { tags = [] } = await client.listTagsForResource({ resourceArn: arn(repository) }, options);
          settings.tags = Object.fromEntries(tags.map(({ Key = '', Value = '' }) => [Key, Value]));
        }
        return settings;
      }),
    create: async (repository, settings) => {
      const created = await clients.ecrPublic(`creating ${named(repository)}`, (client, options) => {
        const tags = settings.tags === undefined ? {} : { tags: awsTags(settings.tags) };
        const input = { repositoryName: repository, catalogData, ...tags };
        return orMissing(client.createRepository(input, options), 'RepositoryAlreadyExistsException');
      });
      if (!created.ok) return created;
      if (created.value === undefined) return ok('existed');
      if (settings.repositoryPolicy === undefined) return ok('created');
      const set = await api.change(repository, 'repositoryPolicy', settings);
      return set.ok ? ok('created') : set;
    },
    change: (repository, setting, settings) =>
      clients.ecrPublic(`changing ${setting} of ${named(repository)}`, async (client, options) => {
        const { repositoryPolicy, tags } = settings;
        if (setting === 'repositoryPolicy') {
          return client.setRepositoryPolicy({ ...at(repository), policyText: repositoryPolicy }, options);
        }
        if (setting === 'tags') {
          return client.tagResource({ resourceArn: arn(repository), tags: awsTags(tags) }, options);
        }
        throw new Error(`public repositories have no ${setting}`);
      }),
  };
  return api;
}

function words(found: readonly (string | undefined)[]): string[] {
  return [...new Set(found.filter((word) => word !== undefined))];
}

function awsTags(tags: Readonly<Record<string, string>> = {}): { Key: string; Value: string }[] {
  return Object.entries(tags).map(([Key, Value]) => ({ Key, Value }));
}
