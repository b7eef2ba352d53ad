import type { BaseLock } from '../../config/base/base-lock.ts';
import { type DistributionName, distributionNames } from '../../config/base/distribution.ts';
import { exitCode, gravest } from '../../core/exit-code.ts';
import type { Failure } from '../../core/failure.ts';
import { err, ok, type Result } from '../../core/result.ts';
import { trying } from '../../core/system-error.ts';
import type { Host } from '../../host.ts';
import { findUpdates } from '../../rpm/repository/find-updates.ts';
import { loadBaseImages, loadBaseLock } from '../../rpm/repository/load-base-images.ts';
import type { DistributionState } from '../../rpm/repository/plan-refresh.ts';
import { isSecurityUpdate, type PackageChange } from '../../rpm/repository/updates.ts';
import { openDistribution, type PackageWorkspace } from '../../run/wiring/distributions.ts';
import { type GlobalOptions, openWorkspace } from '../../workspace/workspace.ts';
import { activityOf } from '../words/activity-of.ts';
import { reportFailure } from '../words/report-failure.ts';
import { changeToJson, countChanges, renderChanges } from './changes.ts';
import { baseImagePlaces, chooseBases } from './distributions.ts';

export interface BaseCheckOptions extends GlobalOptions {
  readonly distribution?: DistributionName;
  /** Only what mends a security problem is shown, and counts. */
  readonly securityOnly?: boolean;
  readonly json?: boolean;
}

/**
 * `eksd-rebuild base check [NAME...]`: which locked packages of the base images have newer versions, and which of those are for
 * security. Exit code 0: none; 1: some. One that cannot be checked takes no other with it.
 */
export async function baseCheck(
  names: readonly string[],
  options: BaseCheckOptions,
  host: Host,
): Promise<number> {
  const workspace = await openWorkspace(options, host);
  if (!workspace.ok) return reportFailure(workspace.error, host);
  const locks = await loadLocks(names, options.distribution, workspace.value, host);
  if (!locks.ok) return reportFailure(locks.error, host);
  const opened = new Map<DistributionName, Result<DistributionState, Failure>>();
  const checked: { readonly lock: BaseLock; readonly updates: readonly PackageChange[] }[] = [];
  const codes = locks.value.failures.map((failure) => reportFailure(failure, host));
  for (const lock of locks.value.locks) {
    const state =
      opened.get(lock.distribution) ??
      (await trying(() => openDistribution(lock.distribution, workspace.value, host, activityOf(host))));
    if (!state.ok && opened.has(lock.distribution)) continue;
    opened.set(lock.distribution, state);
    const updates = state.ok ? await trying(() => findUpdates(lock, state.value)) : state;
    if (!updates.ok) {
      codes.push(reportFailure(updates.error, host));
      if (host.signal.aborted) break;
      continue;
    }
    const counted = options.securityOnly === true ? updates.value.filter(isSecurityUpdate) : updates.value;
    checked.push({ lock, updates: counted });
  }
  if (options.json === true) {
    const images = checked.map(({ lock, updates }) => ({
      image: lock.image,
      distribution: lock.distribution,
      asOf: lock.asOf?.tag ?? null,
      updates: updates.map(changeToJson),
    }));
    host.stdout.write(`${JSON.stringify({ schema: 1, images }, null, 2)}\n`);
  } else {
    for (const { lock, updates } of checked) host.stdout.write(render(lock, updates, options));
  }
  if (checked.some(({ updates }) => updates.length > 0)) codes.push(exitCode.different);
  return gravest(codes);
}

/** Locks to check, and why others cannot be. */
interface Locks {
  readonly locks: readonly BaseLock[];
  readonly failures: readonly Failure[];
}

/** The locks to check: those of the names, or all there are. Errors: `configuration`, those of `chooseBases`; `usage` where there is none. */
async function loadLocks(
  names: readonly string[],
  only: DistributionName | undefined,
  workspace: PackageWorkspace,
  host: Host,
): Promise<Result<Locks, Failure>> {
  const places = baseImagePlaces(workspace, host);
  const images = await loadBaseImages(places);
  if (!images.ok) return images;
  const chosen = chooseBases(names, [...images.value.keys()]);
  if (!chosen.ok) return chosen;
  const locks: BaseLock[] = [];
  const failures: Failure[] = [];
  for (const name of chosen.value) {
    for (const distribution of only === undefined ? distributionNames : [only]) {
      const lock = await loadBaseLock(places, name, distribution);
      if (!lock.ok) failures.push(lock.error);
      else if (lock.value !== undefined) locks.push(lock.value);
    }
  }
  if (locks.length > 0 || failures.length > 0) return ok({ locks, failures });
  const help = 'Write one with "eksd-rebuild base refresh".';
  return err({ reason: 'usage', message: 'There is no lock of a base image to check.', help });
}

function render(
  { image, distribution, asOf }: BaseLock,
  updates: readonly PackageChange[],
  { securityOnly }: BaseCheckOptions,
): string {
  const name = `${image} on ${distribution}${asOf === undefined ? '' : ` as of ${asOf.tag}`}`;
  if (updates.length === 0) {
    return `${name}: nothing newer${securityOnly === true ? ' for security' : ''}\n`;
  }
  return `${name}: newer are ${countChanges(updates)}\n${renderChanges(updates).join('\n')}\n`;
}
