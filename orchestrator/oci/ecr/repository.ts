import type { Failure } from '../../core/failure.ts';
import type { Result } from '../../core/result.ts';

/** What can be set of a repository. Of the public registry's only the policy and the tags. */
export type RepositorySetting =
  | 'tagMutability'
  | 'scanOnPush'
  | 'encryption'
  | 'lifecyclePolicy'
  | 'repositoryPolicy'
  | 'tags';

/** What is wanted of repositories, or found; where a member is missing, it is left as it is, or was not read. */
export interface RepositorySettings {
  readonly tagMutability?: TagMutability;
  readonly scanOnPush?: boolean;
  readonly encryption?: Encryption;
  /** Canonical JSON; of what is found an empty text where there is none. */
  readonly lifecyclePolicy?: string;
  readonly repositoryPolicy?: string;
  readonly tags?: Readonly<Record<string, string>>;
}

export interface TagMutability {
  readonly default: 'IMMUTABLE' | 'MUTABLE';
  /** Patterns with `*` of the tags that are the other way round. */
  readonly except: readonly string[];
}

export interface Encryption {
  readonly type: 'AES256' | 'KMS' | 'KMS_DSSE';
  /** Wanted: ARN, id or alias; found: an ARN. */
  readonly kmsKey?: string;
}

/** Repositories of one registry. Each call gives a failure as `attempt` does. */
export interface RepositoryApi {
  /** Undefined where there is none. Reads the policies and the tags only where they are among the settings. */
  read(
    repository: string,
    settings: RepositorySettings,
  ): Promise<Result<RepositorySettings | undefined, Failure>>;
  /** Makes one with all settings. `existed` where somebody else has made it meanwhile, and nothing was set. */
  create(repository: string, settings: RepositorySettings): Promise<Result<'created' | 'existed', Failure>>;
  /** Gives one of the settings to a repository. */
  change(
    repository: string,
    setting: RepositorySetting,
    settings: RepositorySettings,
  ): Promise<Result<unknown, Failure>>;
}

/** Whether a tag, once given, stays where it is. */
export function isTagFixed({ default: normal, except }: TagMutability, tag: string): boolean {
  return (normal === 'IMMUTABLE') !== except.some((pattern) => isTagLike(tag, pattern));
}

function isTagLike(tag: string, pattern: string): boolean {
  const escaped = pattern.split('*').map((part) => part.replace(/[.\\+?^${}()|[\]]/g, '\\$&'));
  return new RegExp(`^${escaped.join('.*')}$`).test(tag);
}
