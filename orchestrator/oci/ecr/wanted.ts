import type { EcrSettings } from '../../config/settings/ecr.ts';
import type { Failure } from '../../core/failure.ts';
import { err, ok, type Result } from '../../core/result.ts';
import { readText, sizeLimit } from '../../tool/file/read-file.ts';
import { policyText } from './policy-text.ts';
import type { RepositorySetting, RepositorySettings } from './repository.ts';

/** Settings with what their files hold. */
export interface EcrWanted {
  readonly replicate: readonly string[];
  /** What is wanted in all regions: everything but the encryption. */
  readonly shared: RepositorySettings;
  /** What is wanted in a region. Errors: `usage` where the key that is to encrypt is not one of that region. */
  settings(region: string): Result<RepositorySettings, Failure>;
}

/**
 * Reads the files that the settings name; their paths are absolute, or relative to the current folder.
 * Errors: `usage` where one cannot be read or holds no JSON object.
 */
export async function readEcrWanted(settings: EcrSettings): Promise<Result<EcrWanted, Failure>> {
  const { endpoints: _, encryption, replicate = [], ...others } = settings;
  const shared: { -readonly [Name in RepositorySetting]?: RepositorySettings[Name] } = others;
  for (const name of ['lifecyclePolicy', 'repositoryPolicy'] as const) {
    const given = settings[name];
    if (given === undefined) continue;
    const text = await readPolicy(name, given);
    if (!text.ok) return text;
    shared[name] = text.value;
  }
  return ok({
    replicate,
    shared,
    settings: (region) => {
      if (encryption === undefined) return ok(shared);
      const { type, kmsKey } = encryption;
      if (kmsKey === undefined) return ok({ ...shared, encryption: { type } });
      const key = typeof kmsKey === 'object' ? kmsKey[region] : kmsKey;
      if (key !== undefined && [undefined, region].includes(regionOfKey(key))) {
        return ok({ ...shared, encryption: { type, kmsKey: key } });
      }
      return err({
        reason: 'usage',
        message: `The setting ecr.encryption.kmsKey names no key in ${region}.`,
        help: 'A repository takes a key of its own region: name one for each region, or an alias that all of them have.',
      });
    },
  });
}

/** Undefined for what has none in it: an id or an alias. */
function regionOfKey(key: string): string | undefined {
  return /^arn:[^:]+:kms:([^:]+):/.exec(key)?.[1];
}

async function readPolicy(name: string, given: string): Promise<Result<string, Failure>> {
  const isText = given.trimStart().startsWith('{');
  const where = isText ? `The setting ecr.${name}` : given;
  const read = isText ? ok(given) : await readText(given, { limit: sizeLimit.byHand }, given);
  if (!read.ok) return err(unusable(name, `The file that it names cannot be read: ${read.error.message}.`));
  if (read.value === undefined) return err(unusable(name, `There is no file ${given}.`));
  const canonical = policyText(read.value);
  return canonical.ok ? canonical : err(unusable(name, `${where} ${canonical.error}.`));
}

function unusable(name: string, why: string): Failure {
  return {
    reason: 'usage',
    message: `The setting ecr.${name} cannot be used. ${why}`,
    help: 'Give it the JSON of a policy, or the path of a file with it.',
  };
}
