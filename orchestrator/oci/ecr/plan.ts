import { canonicalJson } from '../../core/canonical-json.ts';
import type { Platform } from '../../core/platform.ts';
import type { EcrHost } from './host.ts';
import { isSamePolicy } from './policy-text.ts';
import {
  type Encryption,
  isTagFixed,
  type RepositorySetting,
  type RepositorySettings,
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
  const drift: Drift[] = [];
  const differs = (setting: RepositorySetting, is: string, should: string, isChangeable = true) => {
    drift.push({ repository, setting, found: is, wanted: should, isChangeable });
  };
  const { tagMutability, scanOnPush, encryption, lifecyclePolicy, repositoryPolicy, tags } = wanted;
  if (tagMutability && mutabilityText(tagMutability) !== mutabilityText(found.tagMutability)) {
    differs('tagMutability', mutabilityText(found.tagMutability), mutabilityText(tagMutability));
  }
  if (scanOnPush !== undefined && scanOnPush !== found.scanOnPush) {
    differs('scanOnPush', String(found.scanOnPush ?? false), String(scanOnPush));
  }
  if (encryption && !isEncryptedSo(found.encryption, encryption)) {
    differs('encryption', encryptionText(found.encryption), encryptionText(encryption), false);
  }
  if (lifecyclePolicy !== undefined && lifecyclePolicy !== found.lifecyclePolicy) {
    differs('lifecyclePolicy', policyShown(found.lifecyclePolicy), policyShown(lifecyclePolicy));
  }
  if (repositoryPolicy !== undefined && !isSamePolicy(repositoryPolicy, found.repositoryPolicy ?? '')) {
    differs('repositoryPolicy', policyShown(found.repositoryPolicy), policyShown(repositoryPolicy));
  }
  const otherTags = Object.entries(tags ?? {}).filter(([key, value]) => found.tags?.[key] !== value);
  if (otherTags.length > 0) {
    const keys = otherTags.map(([key]) => key);
    differs('tags', tagsText(found.tags, keys), tagsText(tags, keys));
  }
  return drift;
}

function mutabilityText({ default: normal, except }: TagMutability = { default: 'MUTABLE', except: [] }) {
  return except.length === 0 ? normal : `${normal} except ${[...except].sort().join(', ')}`;
}

/**
 * Whether a repository is encrypted as wanted. The key that is found is an ARN, the wanted one may be an id; which key an alias
 * stands for is KMS's to say, and is not asked.
 */
function isEncryptedSo(found: Encryption | undefined, { type, kmsKey }: Encryption): boolean {
  if ((found?.type ?? 'AES256') !== type) return false;
  if (kmsKey === undefined || found?.kmsKey === kmsKey) return true;
  return /(^|:)alias\//.test(kmsKey) || found?.kmsKey?.endsWith(`:key/${kmsKey}`) === true;
}

function encryptionText({ type, kmsKey }: Encryption = { type: 'AES256' }): string {
  return kmsKey === undefined ? type : `${type} ${kmsKey}`;
}

function policyShown(text: string | undefined): string {
  return text === undefined || text === '' ? 'none' : text;
}

function tagsText(tags: Readonly<Record<string, string>> | undefined, keys: readonly string[]): string {
  const named = keys.filter((key) => tags?.[key] !== undefined);
  return named.length === 0
    ? 'none'
    : named.map((key) => `${key}=${canonicalJson(tags?.[key] ?? '')}`).join(', ');
}
