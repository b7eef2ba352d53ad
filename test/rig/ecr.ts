import * as assert from 'uvu/assert';
import type { EcrSettings } from '../../orchestrator/config/settings/ecr.ts';
import type { Failure } from '../../orchestrator/core/failure.ts';
import type { Platform } from '../../orchestrator/core/platform.ts';
import type { Result } from '../../orchestrator/core/result.ts';
import { createEcrClients, type EcrClients } from '../../orchestrator/oci/ecr/clients.ts';
import { planEcr } from '../../orchestrator/oci/ecr/ecr.ts';
import { parseEcrHost } from '../../orchestrator/oci/ecr/host.ts';
import type { RegistryPlan } from '../../orchestrator/oci/ecr/plan.ts';
import { readEcrWanted } from '../../orchestrator/oci/ecr/wanted.ts';
import type { IamPolicy } from '../../orchestrator/tool/aws/iam-policy.ts';
import { type AwsCall, motoAccount } from './moto.ts';

/** The secret part of the keys: it is to be nowhere in what is said. */
export const canary = 'canary/secret+access+key';

/** Keys that are nobody's: AWS's own example, and a canary. */
export const exampleKeys = { AWS_ACCESS_KEY_ID: 'AKIAIOSFODNN7EXAMPLE', AWS_SECRET_ACCESS_KEY: canary };

const platforms = ['linux/amd64', 'linux/arm64', 'windows/amd64'] as const satisfies readonly Platform[];

/** Clients that take a server of the tests for every service. */
export function clientsOf(url: string, env: Readonly<Record<string, string>> = exampleKeys): EcrClients {
  const { signal } = new AbortController();
  return createEcrClients({ env, endpoints: { ecr: url, public: url, sts: url }, signal });
}

/** Plans repositories of these names, whose tag v1-latest moves. */
export async function planNamed(
  clients: EcrClients,
  host: string,
  names: readonly string[],
  settings: EcrSettings,
): Promise<Result<readonly RegistryPlan[], Failure>> {
  const parsed = parseEcrHost(host);
  const wanted = await readEcrWanted(settings);
  assert.ok(parsed !== undefined && wanted.ok);
  const repositories = names.map((name) => ({ name, movingTags: ['v1-latest'] }));
  return planEcr(clients, { host: parsed, repositories, platforms, wanted: wanted.value });
}

/** The value of what must have gone well. */
export function expectOk<T>(outcome: Result<T, Failure>): T {
  assert.ok(outcome.ok, JSON.stringify(outcome));
  return outcome.value;
}

/** The actions of a call that policies do not allow on what it names, as IAM judges. */
export function refusedActions(policies: readonly IamPolicy[], { operation, region, input }: AwsCall) {
  // GetCallerIdentity is anybody's (STS API reference).
  if (operation === 'GetCallerIdentity') return [];
  const [described] = [input['repositoryNames']].flat();
  const name = input['repositoryName'] ?? described;
  const arn = input['resourceArn'] ?? `arn:aws:ecr:${region}:${motoAccount}:repository/${String(name)}`;
  // Service authorization reference: what is made with tags takes the right to tag.
  const actions =
    operation === 'CreateRepository' && 'tags' in input ? [operation, 'TagResource'] : [operation];
  return actions.filter((action) =>
    policies.every(({ Statement }) =>
      Statement.every(({ Action, Resource, Condition }) => {
        const fits = Resource.some((each) => each === '*' || each === arn);
        return Condition !== undefined || !Action.includes(`ecr:${action}`) || !fits;
      }),
    ),
  );
}
