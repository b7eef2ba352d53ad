import { join } from 'node:path';
import {
  type DistributionName,
  type DistributionsSettings,
  distributionOf,
} from '../../config/base/distribution.ts';
import type { Say } from '../../core/event.ts';
import type { Failure } from '../../core/failure.ts';
import { newMeter } from '../../core/meter.ts';
import { ok, type Result } from '../../core/result.ts';
import type { Host } from '../../host.ts';
import type { DistributionState } from '../../rpm/repository/plan-refresh.ts';
import { openRepositories, readAdvisories } from '../../rpm/repository/read-repositories.ts';
import type { Workspace } from '../../workspace/workspace.ts';
import { openHttp } from './http.ts';
import { claimCache } from './tools.ts';

/** A workspace whose settings may say where packages come from. */
export type PackageWorkspace = Pick<Workspace, 'cache' | 'mirrors' | 'searchPath'> & {
  readonly distributions?: DistributionsSettings;
};

/**
 * Opens the repositories of a distribution as they are now, with their advisories.
 * @param releasever a snapshot instead of the one that the settings name.
 * Errors: those of `openRepository` and `Repository.advisories`.
 */
export async function openDistribution(
  name: DistributionName,
  workspace: PackageWorkspace,
  host: Host,
  say: Say,
  releasever?: string,
): Promise<Result<DistributionState, Failure>> {
  const distribution = distributionOf(name, workspace.distributions);
  const folder = join(workspace.cache, 'packages');
  claimCache(workspace, host);
  const send = openHttp(host);
  const meter = newMeter(() => host.now() / 1000);
  let done = 0;
  const onBytes = (bytes: number): void => {
    done += bytes;
  };
  const site = { folder, mirrors: workspace.mirrors, send, signal: host.signal, onBytes };
  const snapshot = releasever ?? distribution.releasever ?? '';
  say(`reading the repositories of ${name}`, () => meter.at({ done }));
  const repositories = await openRepositories(distribution.repositories, snapshot, site);
  const advisories = repositories.ok ? await readAdvisories(repositories.value) : repositories;
  say('');
  if (!repositories.ok) return repositories;
  if (!advisories.ok) return advisories;
  for (const each of advisories.value.without) {
    host.stderr.write(
      `${name}: the repository ${each} publishes no advisories, so nobody knows what of it is for security.\n`,
    );
  }
  return ok({
    name,
    distribution,
    repositories: repositories.value,
    advisories: advisories.value.advisories,
    site,
  });
}
