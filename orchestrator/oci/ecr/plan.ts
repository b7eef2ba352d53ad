import type { Platform } from '../../core/platform.ts';
import type { EcrHost } from './host.ts';
import {
  type RepositorySetting,
  type RepositorySettings,
  settingsOf,
  type TagMutability,
} from './repository.ts';

/** A repository that a push needs. */
export interface WantedRepository {
  /** As the API names it: of the public registry without the alias in front. */
  readonly name: string;
  /** Tags that later pushes are to point at other images. */
  readonly movingTags: readonly string[];
}

/** What is to be done about the repositories of one registry before a push. */
export interface RegistryPlan {
  readonly host: EcrHost;
  /** Whose registry it is. */
  readonly account: string;
  /** Of the images: the public gallery shows them. */
  readonly platforms: readonly Platform[];
  readonly settings: RepositorySettings;
  readonly create: readonly string[];
  /** Those that are there. */
  readonly existing: readonly string[];
  readonly drift: readonly Drift[];
  readonly fixedTags: readonly FixedTag[];
  /** Sentences for whoever reads the plan. */
  readonly notes: readonly string[];
}

/** A setting of a repository that is other than wanted. */
export interface Drift {
  readonly repository: string;
  readonly setting: RepositorySetting;
  /** For the reader: what is, and what should be. */
  readonly found: string;
  readonly wanted: string;
  /** The encryption is chosen once, when a repository is made. */
  readonly isChangeable: boolean;
}

/** A moving tag that cannot move: the first push would be the last with it. */
interface FixedTag {
  readonly repository: string;
  readonly tag: string;
}

/** Compares the repositories that a push needs with what is there, by name; those that are missing are not in it. */
export function planRepositories(
  wanted: readonly WantedRepository[],
  existing: ReadonlyMap<string, RepositorySettings>,
  settings: RepositorySettings,
): Pick<RegistryPlan, 'create' | 'existing' | 'drift' | 'fixedTags'> {
  const isThere = ({ name }: WantedRepository) => existing.has(name);
  return {
    create: wanted.filter((each) => !isThere(each)).map(({ name }) => name),
    existing: wanted.filter(isThere).map(({ name }) => name),
    drift: wanted.flatMap(({ name }) => driftOf(name, existing.get(name), settings)),
    fixedTags: wanted.flatMap(({ name, movingTags }) => {
      const mutability = existing.has(name) ? existing.get(name)?.tagMutability : settings.tagMutability;
      if (mutability === undefined) return [];
      const fixed = movingTags.filter((tag) => isTagFixed(mutability, tag));
      return fixed.map((tag) => ({ repository: name, tag }));
    }),
  };
}

function driftOf(
  repository: string,
  found: RepositorySettings | undefined,
  wanted: RepositorySettings,
): readonly Drift[] {
  if (found === undefined) return [];
  return [...settingsOf('private')].flatMap(([setting, { difference, change }]) => {
    if (wanted[setting] === undefined) return [];
    const texts = difference(found[setting], wanted[setting]);
    return texts === undefined ? [] : [{ repository, setting, ...texts, isChangeable: change !== undefined }];
  });
}

/** Whether a tag, once given, stays where it is. */
function isTagFixed({ default: normal, except = [] }: TagMutability, tag: string): boolean {
  return (normal === 'IMMUTABLE') !== except.some((pattern) => isTagLike(tag, pattern));
}

function isTagLike(tag: string, pattern: string): boolean {
  const escaped = pattern.split('*').map((part) => part.replace(/[.\\+?^${}()|[\]]/g, '\\$&'));
  return new RegExp(`^${escaped.join('.*')}$`).test(tag);
}
