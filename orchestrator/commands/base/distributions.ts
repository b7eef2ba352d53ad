import { join } from 'node:path';
import {
  type DistributionName,
  type DistributionsSettings,
  distributionOf,
} from '../../config/base/distribution.ts';
import { nearestNames } from '../../config/nearest.ts';
import type { Failure } from '../../core/failure.ts';
import { newMeter } from '../../core/meter.ts';
import { ok, type Result } from '../../core/result.ts';
import type { Host } from '../../host.ts';
import type { BaseImagePlaces } from '../../rpm/repository/load-base-images.ts';
import type { DistributionState } from '../../rpm/repository/plan-refresh.ts';
import { openRepositories, readAdvisories } from '../../rpm/repository/read-repositories.ts';
import { openHttp } from '../../run/wiring/http.ts';
import { claimCache } from '../../run/wiring/tools.ts';
import { chooseNames } from '../../workspace/choose-names.ts';
import { shownPath } from '../../workspace/shown-path.ts';
import type { Workspace } from '../../workspace/workspace.ts';
import { activityOf } from '../words/activity-of.ts';

/** A workspace whose settings may say where packages come from. */
export type PackageWorkspace = Pick<Workspace, 'cache' | 'mirrors' | 'searchPath'> & {
  readonly distributions?: DistributionsSettings;
};

/** Where the workspace has base images. */
export function baseImagePlaces({ searchPath }: PackageWorkspace, host: Host): BaseImagePlaces {
  return { searchPath, shown: (path) => shownPath(path, host.cwd) };
}

/** There is no base image of a name. */
function noImage(name: string, known: Iterable<string>): Failure {
  const near = nearestNames(name, known);
  return {
    reason: 'usage',
    message: `There is no base image ${JSON.stringify(name)}.${near.length > 0 ? ` Nearest: ${near.join(', ')}.` : ''}`,
    help: 'Base images are the folders of base-images/ that have a base-image.yaml.',
  };
}

/** The base images that words of the command line mean. Errors: those of `chooseNames`. */
export function chooseBases(
  words: readonly string[],
  all: readonly string[],
): Result<readonly string[], Failure> {
  const chosen = chooseNames(words, { option: 'NAME', all, unknown: (name) => noImage(name, all) });
  return chosen.ok ? ok(chosen.value.names) : chosen;
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
  claimCache(workspace, host);
  const send = openHttp(host);
  const [say, meter] = [activityOf(host), newMeter(() => host.now() / 1000)];
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
