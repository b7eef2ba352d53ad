import type { RepositoryCatalogDataInput } from '@aws-sdk/client-ecr-public';
import type { Failure } from '../../core/failure.ts';
import type { Platform } from '../../core/platform.ts';
import { err, ok, type Result } from '../../core/result.ts';
import { memberOf } from '../../tool/aws/failure.ts';
import type { EcrClients } from './clients.ts';
import type { PublicEcr } from './host.ts';

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
  const answer = await clients.ecrPublic('reading the public registry', async (client, options) =>
    memberOf(await client.describeRegistries({}, options), 'registries'),
  );
  if (!answer.ok) return answer;
  const registries = answer.value;
  const aliases = registries.flatMap((each) => (each.aliases ?? []).map(({ name = '' }) => name));
  const registry = registries.find((each) => each.aliases?.some(({ name }) => name === alias));
  if (registry?.registryId !== undefined) return ok(registry.registryId);
  return err({
    reason: 'usage',
    message: `The public registry of these AWS credentials is not ${host.host}/${alias}.`,
    help: `Sign in as its owner, or push below ${aliases.map((name) => `${host.host}/${name}`).join(' or ')}.`,
  });
}

/** Repositories of the public registry are below the alias of an account. */
export function noAlias({ host }: PublicEcr): Failure {
  const message = `The repositories at ${host} are not all below one alias.`;
  return { reason: 'usage', message, help: `Push to ${host}/ALIAS, or to a prefix below it.` };
}

/** What the gallery says of images for these platforms. */
export function catalogOf(platforms: readonly Platform[]): RepositoryCatalogDataInput {
  const parts = platforms.map((platform) => platform.split('/'));
  return {
    operatingSystems: words(parts.map(([system = '']) => systems[system])),
    architectures: words(parts.map(([, architecture = '']) => architectures[architecture])),
  };
}

function words(found: readonly (string | undefined)[]): string[] {
  return [...new Set(found.filter((word) => word !== undefined))];
}
