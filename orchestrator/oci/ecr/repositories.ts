import type { DescribeRepositoriesResponse, ECR } from '@aws-sdk/client-ecr';
import type { ECRPUBLIC } from '@aws-sdk/client-ecr-public';
import type { Failure } from '../../core/failure.ts';
import type { Platform } from '../../core/platform.ts';
import { ok, type Result } from '../../core/result.ts';
import { memberOf, orMissing } from '../../tool/aws/failure.ts';
import type { EcrClients } from './clients.ts';
import { type EcrHost, repositoryArn } from './host.ts';
import { catalogOf } from './public.ts';
import { type RepositorySetting, type RepositorySettings, settingsOf } from './repository.ts';

/** Repositories of one registry. Each call gives a failure as `attempt` does. */
export interface RepositoryApi {
  /** Undefined where there is none. What takes a call of its own is read only where it is among the settings. */
  read(
    repository: string,
    settings: RepositorySettings,
  ): Promise<Result<RepositorySettings | undefined, Failure>>;
  /**
   * Makes one with all settings. `existed` where somebody else has made it meanwhile, and nothing was set.
   * @param onCreated is called as soon as it is there, before settings that take calls of their own.
   */
  create(
    repository: string,
    settings: RepositorySettings,
    onCreated?: (repository: string) => void,
  ): Promise<Result<'created' | 'existed', Failure>>;
  /** Gives one of the settings to a repository. */
  change(
    repository: string,
    setting: RepositorySetting,
    settings: RepositorySettings,
  ): Promise<Result<unknown, Failure>>;
}

/** The repositories of an account. The public gallery shows them with the platforms. */
export function openRepositories(
  clients: EcrClients,
  host: EcrHost,
  account: string,
  platforms: readonly Platform[],
): RepositoryApi {
  const isPublic = host.kind === 'public';
  const settings = settingsOf(host.kind);
  const ask = <T>(doing: string, repository: string, deed: (send: Send) => Promise<T>) =>
    isPublic
      ? clients.ecrPublic(`${doing} public repository ${repository}`, (...by) => deed(sender(...by)))
      : clients.ecr(host, `${doing} repository ${repository} at ${host.host}`, (...by) =>
          deed(sender(...by)),
        );
  /** What the calls for a `Resource` name by its ARN, and all others by registry and name. */
  const named = (repository: string, call: string) =>
    call.endsWith('Resource')
      ? { resourceArn: repositoryArn(host, account, repository) }
      : { registryId: account, repositoryName: repository };
  const api: RepositoryApi = {
    read: (repository, wanted) =>
      ask('reading', repository, async (send) => {
        // One by one: ECR answers for none of several where one is missing.
        const input = { registryId: account, repositoryNames: [repository] };
        const asked = send('describeRepositories', input) as Promise<DescribeRepositoriesResponse>;
        const answer = await orMissing(asked, 'RepositoryNotFoundException');
        const [description] = answer === undefined ? [] : memberOf(answer, 'repositories');
        if (description === undefined) return undefined;
        const found: Record<string, unknown> = {};
        for (const [name, { described, read }] of settings) {
          if (described !== undefined) found[name] = described(description);
          if (read === undefined || wanted[name] === undefined) continue;
          const answer = send(read.call, named(repository, read.call));
          found[name] = read.value(await orMissing(answer, read.none));
        }
        return found as RepositorySettings;
      }),
    create: async (repository, wanted, onCreated) => {
      const rows = [...settings].filter(([name]) => wanted[name] !== undefined);
      const own = isPublic ? { catalogData: catalogOf(platforms) } : { registryId: account };
      const fields = rows.map(([name, { creation }]) => creation?.(wanted[name]));
      const input = Object.assign({ repositoryName: repository }, own, ...fields);
      const created = await ask('creating', repository, (send) =>
        orMissing(send('createRepository', input), 'RepositoryAlreadyExistsException'),
      );
      if (!created.ok) return created;
      if (created.value === undefined) return ok('existed');
      onCreated?.(repository);
      for (const [name, { creation }] of rows) {
        if (creation !== undefined) continue;
        const set = await api.change(repository, name, wanted);
        if (!set.ok) return set;
      }
      return ok('created');
    },
    change: (repository, name, wanted) =>
      ask(`changing ${name} of`, repository, async (send) => {
        const { change, creation } = settings.get(name) ?? {};
        if (change === undefined) throw new Error(`${name} of ${repository} cannot be changed`);
        const fields = (change.fields ?? creation)?.(wanted[name]);
        return send(change.call, { ...named(repository, change.call), ...fields });
      }),
  };
  return api;
}

type Send = (call: keyof ECR, input: object) => Promise<unknown>;

/** Sends calls by their name: those of settings are the same for both clients. */
function sender(client: ECR | ECRPUBLIC, options: object): Send {
  const calls = client as unknown as Record<keyof ECR, (input: object, options: object) => Promise<unknown>>;
  return (call, input) => calls[call](input, options);
}
