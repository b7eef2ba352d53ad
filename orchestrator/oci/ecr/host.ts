import { partitionOf } from '../../core/aws/partition.ts';
import type { Failure } from '../../core/failure.ts';
import { err, ok, type Result } from '../../core/result.ts';

/** A registry of Amazon ECR, as its host name tells. */
export type EcrHost = PrivateEcr | PublicEcr;

/** An account's registry in one region. */
export interface PrivateEcr {
  readonly kind: 'private';
  /** In lower case. */
  readonly host: string;
  /** The second part of an ARN: `aws`, `aws-cn`. */
  readonly partition: string;
  /** Twelve digits. */
  readonly account: string;
  readonly region: string;
  readonly isFips: boolean;
  /** IPv6 beside IPv4. */
  readonly isDualStack: boolean;
}

/** The public registry. Whose part of it is meant says the first part of the repository. */
export interface PublicEcr {
  readonly kind: 'public';
  readonly host: string;
  readonly partition: 'aws';
  /** Where its API is. */
  readonly region: 'us-east-1';
}

/** ECR's names of the public registry: IPv4, and dual-stack (ECR Public user guide, "Making requests"). */
const publicHosts = ['public.ecr.aws', 'ecr-public.aws.com'];

/** `<account>.dkr.ecr[-fips].<region>.<domain>`, and `dkr-ecr` where it is dual-stack. */
const shape = /^([0-9]{12})\.dkr([.-])ecr(-fips)?\.([a-z]{2,}(?:-[a-z]+)+-[0-9]+)\.([a-z0-9.-]+)$/;

/** Reads a registry's host name, without a port. Undefined where it is none of ECR's. */
export function parseEcrHost(name: string): EcrHost | undefined {
  const host = name.toLowerCase();
  if (publicHosts.includes(host)) return { kind: 'public', host, partition: 'aws', region: 'us-east-1' };
  const [, account = '', separator, fips, region = '', domain] = shape.exec(host) ?? [];
  if (domain === undefined) return undefined;
  const isDualStack = separator === '-';
  const partition = partitionOf(region);
  if (domain !== (isDualStack ? partition.dualStackDomain : partition.domain)) return undefined;
  const isFips = fips !== undefined;
  return { kind: 'private', host, partition: partition.name, account, region, isFips, isDualStack };
}

/**
 * The account's registries in other regions, as the same kind of name; the host's own region and repeated ones left out.
 * Errors: `usage` where the host is no private registry of ECR, or a region is in another partition: accounts end there.
 */
export function replicaHosts(
  host: string,
  regions: readonly string[],
): Result<readonly PrivateEcr[], Failure> {
  if (regions.length === 0) return ok([]);
  const from = parseEcrHost(host);
  if (from?.kind !== 'private') {
    const help = 'Push without replication, or to a private registry of Amazon ECR.';
    return err(usage(`Images at ${host} cannot be replicated to other regions.`, help));
  }
  const replicas = new Map<string, PrivateEcr>();
  for (const region of regions) {
    const partition = partitionOf(region);
    if (partition.name !== from.partition) {
      const message = `Region ${region} belongs to partition ${partition.name}, ${host} to ${from.partition}.`;
      return err(usage(message, 'An account has registries in one partition only: push to each by itself.'));
    }
    if (region !== from.region) {
      replicas.set(region, { ...from, region, host: from.host.replace(`.${from.region}.`, `.${region}.`) });
    }
  }
  return ok([...replicas.values()]);
}

/** A repository's ARN. The account is that of the registry. */
export function repositoryArn(host: EcrHost, account: string, repository: string): string {
  const [service, region] = host.kind === 'public' ? ['ecr-public', ''] : ['ecr', host.region];
  return `arn:${host.partition}:${service}:${region}:${account}:repository/${repository}`;
}

function usage(message: string, help: string): Failure {
  return { reason: 'usage', message, help };
}
