import type {
  CreateRepositoryRequest,
  ECR,
  ListTagsForResourceResponse,
  Repository,
} from '@aws-sdk/client-ecr';
import type { ECRPUBLIC } from '@aws-sdk/client-ecr-public';
import { canonicalJson } from '../../core/canonical-json.ts';
import type { EcrHost } from './host.ts';
import { isSamePolicy, policyText } from './policy-text.ts';

/** What is wanted of repositories, or found; where a member is missing, it is left as it is, or was not read. */
export interface RepositorySettings {
  readonly tagMutability?: TagMutability | undefined;
  readonly scanOnPush?: boolean | undefined;
  readonly encryption?: Encryption | undefined;
  /** Canonical JSON; of what is found an empty text where there is none. */
  readonly lifecyclePolicy?: string | undefined;
  readonly repositoryPolicy?: string | undefined;
  readonly tags?: Tags | undefined;
}

export interface TagMutability {
  readonly default: 'IMMUTABLE' | 'MUTABLE';
  /** Patterns with `*` of the tags that are the other way round. */
  readonly except?: readonly string[] | undefined;
}

interface Encryption {
  readonly type: 'AES256' | 'KMS' | 'KMS_DSSE';
  /** Wanted: ARN, id or alias; found: an ARN. */
  readonly kmsKey?: string | undefined;
}

type Tags = Readonly<Record<string, string>>;

export type RepositorySetting = keyof RepositorySettings;

/** All that is particular about a setting. Its calls are also the names of the IAM actions that they take. */
interface Setting<Value, Call = keyof ECR> {
  /** Out of a repository's description. */
  readonly described?: (repository: Repository) => Value;
  /** What the description does not have is asked for. @param answer undefined where it is the error `none`. */
  readonly read?: {
    readonly call: Call;
    readonly none?: string;
    readonly value: (answer: unknown) => Value;
  };
  /** What CreateRepository takes. Without this, a new repository is changed. */
  readonly creation?: (value: Value) => Partial<CreateRepositoryRequest>;
  /** Without this, it is chosen once, when a repository is made. `fields`: where they are not those of `creation`. */
  readonly change?: { readonly call: Call; readonly fields?: (value: Value) => object };
  /** What is found and what is wanted, for a reader; undefined where that is the same. */
  readonly difference: (found: Value | undefined, wanted: Value) => Difference | undefined;
}

interface Difference {
  readonly found: string;
  readonly wanted: string;
}

type SettingsOf<Name extends RepositorySetting = RepositorySetting, Call = keyof ECR> = {
  readonly [Each in Name]: Setting<NonNullable<RepositorySettings[Each]>, Call>;
};

const publicSettings: SettingsOf<'repositoryPolicy' | 'tags', keyof ECR & keyof ECRPUBLIC> = {
  repositoryPolicy: {
    read: policyRead('getRepositoryPolicy', 'policyText', 'RepositoryPolicyNotFoundException'),
    change: { call: 'setRepositoryPolicy', fields: (text) => ({ policyText: text }) },
    difference: inWords(policyShown, (found = '', wanted) => isSamePolicy(found, wanted)),
  },
  tags: {
    read: {
      call: 'listTagsForResource',
      value: (answer) => {
        const { tags = [] } = answer as ListTagsForResourceResponse;
        return Object.fromEntries(tags.map(({ Key = '', Value = '' }) => [Key, Value]));
      },
    },
    creation: (tags) => ({ tags: Object.entries(tags).map(([Key, Value]) => ({ Key, Value })) }),
    change: { call: 'tagResource' },
    // Others that a repository has stay.
    difference: (found = {}, wanted) => {
      const keys = Object.keys(wanted).filter((key) => found[key] !== wanted[key]);
      return keys.length === 0
        ? undefined
        : { found: tagsShown(found, keys), wanted: tagsShown(wanted, keys) };
    },
  },
};

/** In the order in which they are shown. */
const privateSettings: SettingsOf = {
  tagMutability: {
    described: ({ imageTagMutability = 'MUTABLE', imageTagMutabilityExclusionFilters = [] }) => ({
      default: imageTagMutability.startsWith('IMMUTABLE') ? 'IMMUTABLE' : 'MUTABLE',
      except: imageTagMutabilityExclusionFilters.map(({ filter = '' }) => filter),
    }),
    creation: ({ default: normal, except = [] }) =>
      except.length === 0
        ? { imageTagMutability: normal }
        : {
            imageTagMutability: `${normal}_WITH_EXCLUSION`,
            imageTagMutabilityExclusionFilters: except.map((filter) => ({ filterType: 'WILDCARD', filter })),
          },
    change: { call: 'putImageTagMutability' },
    difference: inWords<TagMutability>(({ default: normal, except = [] } = { default: 'MUTABLE' }) =>
      except.length === 0 ? normal : `${normal} except ${[...except].sort().join(', ')}`,
    ),
  },
  scanOnPush: {
    described: ({ imageScanningConfiguration }) => imageScanningConfiguration?.scanOnPush ?? false,
    creation: (scanOnPush) => ({ imageScanningConfiguration: { scanOnPush } }),
    change: { call: 'putImageScanningConfiguration' },
    difference: inWords((scanOnPush = false) => String(scanOnPush)),
  },
  encryption: {
    described: ({ encryptionConfiguration: found }) => {
      return { type: found?.encryptionType ?? 'AES256', kmsKey: found?.kmsKey };
    },
    creation: ({ type, kmsKey }) => ({ encryptionConfiguration: { encryptionType: type, kmsKey } }),
    difference: inWords<Encryption>(
      ({ type, kmsKey } = { type: 'AES256' }) => (kmsKey === undefined ? type : `${type} ${kmsKey}`),
      isEncryptedSo,
    ),
  },
  lifecyclePolicy: {
    read: policyRead('getLifecyclePolicy', 'lifecyclePolicyText', 'LifecyclePolicyNotFoundException'),
    change: { call: 'putLifecyclePolicy', fields: (text) => ({ lifecyclePolicyText: text }) },
    difference: inWords(policyShown),
  },
  ...publicSettings,
};

const byKind = { public: publicSettings, private: privateSettings };

/** What can be set of the repositories of a registry; of a private one everything. */
export function settingsOf(kind: EcrHost['kind']): ReadonlyMap<RepositorySetting, Setting<unknown>> {
  // The compiler cannot tell that the value of a name is of its setting's type.
  return new Map(Object.entries(byKind[kind]) as [RepositorySetting, Setting<unknown>][]);
}

function policyRead<Call>(call: Call, field: string, none: string) {
  const value = (answer: unknown) => {
    const policy = policyText((answer as Tags | undefined)?.[field] ?? '');
    return policy.ok ? policy.value : '';
  };
  return { call, none, value };
}

/** Puts both into words; they are the same where `isSame` says so, or the words are. */
function inWords<Value>(
  text: (value: Value | undefined) => string,
  isSame = (found: Value | undefined, wanted: Value) => text(found) === text(wanted),
): Setting<Value>['difference'] {
  return (found, wanted) =>
    isSame(found, wanted) ? undefined : { found: text(found), wanted: text(wanted) };
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

function policyShown(text: string | undefined): string {
  return text === undefined || text === '' ? 'none' : text;
}

function tagsShown(tags: Tags, keys: readonly string[]): string {
  const named = keys.filter((key) => tags[key] !== undefined);
  return named.map((key) => `${key}=${canonicalJson(tags[key] ?? '')}`).join(', ') || 'none';
}
