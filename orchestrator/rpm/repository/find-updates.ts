import type { BaseLock, LockedPackage } from '../../config/base/base-lock.ts';
import type { Architecture } from '../../config/base/distribution.ts';
import type { Failure } from '../../core/failure.ts';
import { ok, type Result } from '../../core/result.ts';
import type { DistributionState } from './plan-refresh.ts';
import { readPackages } from './read-repositories.ts';
import { compareVersions } from './rpm-version.ts';
import { changesBetween, type PackageChange } from './updates.ts';

/**
 * The packages of a lock of which there are newer versions, with what was published about those.
 * Errors: those of `Repository.packages`.
 */
export async function findUpdates(
  lock: BaseLock,
  { repositories, advisories }: Pick<DistributionState, 'repositories' | 'advisories'>,
): Promise<Result<readonly PackageChange[], Failure>> {
  const newest: { [Arch in Architecture]?: readonly LockedPackage[] } = {};
  for (const [arch, those] of repositories) {
    const locked = lock.packages[arch] ?? [];
    const names = new Set(locked.map(({ name }) => name));
    const read = await readPackages(those, { kind: 'names', names });
    if (!read.ok) return read;
    newest[arch] = locked.map((each) =>
      read.value.packages
        .filter(({ name }) => name === each.name)
        .reduce<LockedPackage>((best, other) => (compareVersions(best, other) < 0 ? other : best), each),
    );
  }
  return ok(changesBetween(lock.packages, newest, advisories));
}
