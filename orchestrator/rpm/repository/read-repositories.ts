import { type Architecture, architectures, type RepositorySettings } from '../../config/base/distribution.ts';
import { byCodeUnit } from '../../core/canonical-json.ts';
import type { Failure } from '../../core/failure.ts';
import { ok, type Result } from '../../core/result.ts';
import type { MetadataSite } from './metadata.ts';
import type { Wanted } from './primary.ts';
import { type AvailablePackage, openRepository, type Repository } from './repository.ts';
import type { Advisory } from './updateinfo.ts';

/** A distribution's repositories, opened for every processor, in the order of the settings. */
export type OpenRepositories = ReadonlyMap<Architecture, readonly Repository[]>;

/** Errors: those of `openRepository`. */
export async function openRepositories(
  repositories: readonly RepositorySettings[],
  releasever: string,
  site: MetadataSite,
): Promise<Result<OpenRepositories, Failure>> {
  const opened = new Map<Architecture, readonly Repository[]>();
  for (const arch of Object.values(architectures)) {
    const those: Repository[] = [];
    for (const settings of repositories) {
      const repository = await openRepository(settings, { arch, releasever }, site);
      if (!repository.ok) return repository;
      those.push(repository.value);
    }
    opened.set(arch, those);
  }
  return ok(opened);
}

/** What all of some repositories have, in their order. Errors: those of `Repository.packages`. */
export async function readPackages(
  repositories: readonly Repository[],
  wanted: Wanted,
): Promise<
  Result<{ readonly packages: readonly AvailablePackage[]; readonly names: ReadonlySet<string> }, Failure>
> {
  const packages: AvailablePackage[] = [];
  const names = new Set<string>();
  for (const repository of repositories) {
    const content = await repository.packages(wanted);
    if (!content.ok) return content;
    packages.push(...content.value.packages);
    for (const name of content.value.names) names.add(name);
  }
  return ok({ packages, names });
}

/**
 * The advisories of all, one of each id with the packages of all processors, and the names of repositories that have none:
 * nobody knows what of theirs is for security. Errors: those of `Repository.advisories`.
 */
export async function readAdvisories(
  repositories: OpenRepositories,
): Promise<
  Result<{ readonly advisories: readonly Advisory[]; readonly without: ReadonlySet<string> }, Failure>
> {
  const advisories = new Map<string, Advisory>();
  const without = new Set<string>();
  for (const repository of [...repositories.values()].flat()) {
    const read = await repository.advisories();
    if (!read.ok) return read;
    if (read.value === undefined) without.add(repository.name);
    for (const advisory of read.value ?? []) {
      const known = advisories.get(advisory.id);
      const packages = [...(known?.packages ?? []), ...advisory.packages];
      advisories.set(advisory.id, { ...advisory, packages });
    }
  }
  const sorted = [...advisories.values()].sort((a, b) => byCodeUnit(a.id, b.id));
  return ok({ advisories: sorted, without });
}
