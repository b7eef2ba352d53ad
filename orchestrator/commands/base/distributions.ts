import { join } from 'node:path';
import {
  type DistributionName,
  type DistributionsSettings,
  distributionNames,
  distributionOf,
} from '../../config/base/distribution.ts';
import type { Failure } from '../../core/failure.ts';
import { err, ok, type Result } from '../../core/result.ts';
import type { Host } from '../../host.ts';
import type { BaseImagePlaces } from '../../rpm/repository/load-base-images.ts';
import type { DistributionState } from '../../rpm/repository/plan-refresh.ts';
import { openRepositories, readAdvisories } from '../../rpm/repository/read-repositories.ts';
import { openHttp } from '../../run/wiring/http.ts';
import { shownPath } from '../../workspace/shown-path.ts';
import type { Workspace } from '../../workspace/workspace.ts';

/** A workspace whose settings may say where packages come from. */
export type PackageWorkspace = Pick<Workspace, 'cache' | 'mirrors' | 'searchPath'> & {
  readonly distributions?: DistributionsSettings;
};

/** Where the workspace has base images. */
export function baseImagePlaces({ searchPath }: PackageWorkspace, host: Host): BaseImagePlaces {
  return { searchPath, shown: (path) => shownPath(path, host.cwd) };
}

/**
 * Opens the repositories of a distribution as they are now, with their advisories.
 * @param releasever a snapshot instead of the one that the settings name.
 * Errors: those of `openRepository` and `Repository.advisories`.
 */
export async function openDistribution(
  name: DistributionName,
  workspace: PackageWorkspace,
  host: Host,
  releasever?: string,
): Promise<Result<DistributionState, Failure>> {
  const distribution = distributionOf(name, workspace.distributions);
  const folder = join(workspace.cache, 'packages');
  const send = openHttp(host);
  const site = { folder, mirrors: workspace.mirrors, send, signal: host.signal };
  const snapshot = releasever ?? distribution.releasever ?? '';
  const repositories = await openRepositories(distribution.repositories, snapshot, site);
  if (!repositories.ok) return repositories;
  const advisories = await readAdvisories(repositories.value);
  if (!advisories.ok) return advisories;
  return ok({
    name,
    distribution,
    repositories: repositories.value,
    advisories: advisories.value,
    site,
  });
}

/** What the option `--distribution` says; undefined where it is absent. Errors: `usage`. */
export function distributionOption(text: string | undefined): Result<DistributionName | undefined, Failure> {
  const name = distributionNames.find((each) => each === text);
  if (text === undefined || name !== undefined) return ok(name);
  const help = `There are ${distributionNames.join(' and ')}.`;
  return err({ reason: 'usage', message: `There is no distribution ${JSON.stringify(text)}.`, help });
}
