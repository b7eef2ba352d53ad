import type { BaseImageContent } from '../../config/base/base-image-chain.ts';
import { byCodeUnit } from '../../core/canonical-json.ts';
import { type Capability, renderCapability } from './capability.ts';
import { PackageSet } from './package-set.ts';
import type { RepositoryPackage } from './primary.ts';
import { missingOf, requirementOf } from './rich-dependency.ts';
import { compareVersions, type Version } from './rpm-version.ts';

/** A version that a package must have. Without an epoch, whichever has that version and release. */
export type Pin = Omit<Version, 'epoch'> & { readonly epoch?: number };

/** Why names did not become packages. */
export type ResolveComplaint =
  | { readonly kind: 'no-package'; readonly name: string }
  | {
      readonly kind: 'no-version';
      readonly name: string;
      readonly pin: Pin;
      /** Newest first. */
      readonly available: readonly Version[];
    }
  | {
      readonly kind: 'unmet';
      /** As rpm prints it. */
      readonly requirement: string;
      /** Names of the packages that require it. */
      readonly by: readonly string[];
      /** What to look for in the repository to find who provides it. */
      readonly capability: Capability;
    }
  | { readonly kind: 'conflict'; readonly name: string; readonly with: string };

export interface Resolution<T extends RepositoryPackage> {
  /** By name, in code-unit order. */
  readonly packages: readonly T[];
  readonly complaints: readonly ResolveComplaint[];
}

/**
 * Names to packages: the newest of each, or the version it is pinned to. Every requirement must be met by these packages, be
 * one that only packages which are done without could meet, or, where dependencies are resolved, bring its package along:
 * one of the same name, else the shortest name, else the first in code-unit order.
 * @param available what the repositories have for one processor, in the order of the repositories; for dependencies the
 *   newest of every name.
 */
export function resolve<T extends RepositoryPackage>(
  content: Pick<BaseImageContent, 'packages' | 'dependencies' | 'without'>,
  available: readonly T[],
  pins: ReadonlyMap<string, Pin> = new Map(),
): Resolution<T> {
  const byName = groupByName(available);
  const complaints: ResolveComplaint[] = [];
  const chosen = new PackageSet<T>();
  for (const name of content.packages) {
    const found = choose(name, byName.get(name) ?? [], pins.get(name));
    if ('kind' in found) complaints.push(found);
    else chosen.add(found);
  }
  const leftOut = new Set(content.without.map(({ name }) => name));
  const without = new PackageSet([...leftOut].flatMap((name) => newestOf(byName.get(name) ?? []) ?? []));
  const has = (capability: Capability): boolean =>
    chosen.has(capability) ||
    without.has(capability) ||
    leftOut.has(capability.name) ||
    leftOut.has(renderCapability(capability)) ||
    capability.name.startsWith('rpmlib(');
  if (content.dependencies === 'resolved') {
    const newest = [...byName.values()].flatMap((versions) => newestOf(versions) ?? []);
    addDependencies(chosen, new PackageSet(newest.filter(({ name }) => !leftOut.has(name))), has);
    complaints.push(...conflictsIn(chosen));
  }
  complaints.push(...unmetIn(chosen, has));
  const packages = [...chosen.packages.values()].sort((a, b) => byCodeUnit(a.name, b.name));
  return { packages, complaints };
}

/** The newest of some packages; among equals the first. */
function newestOf<T extends RepositoryPackage>(packages: readonly T[]): T | undefined {
  return packages.reduce<T | undefined>(
    (best, each) => (best === undefined || compareVersions(best, each) < 0 ? each : best),
    undefined,
  );
}

function choose<T extends RepositoryPackage>(
  name: string,
  versions: readonly T[],
  pin: Pin | undefined,
): T | ResolveComplaint {
  const newest = newestOf(versions);
  if (newest === undefined) return { kind: 'no-package', name };
  if (pin === undefined) return newest;
  const pinned = versions.filter(
    ({ epoch, version, release }) =>
      version === pin.version && release === pin.release && (pin.epoch ?? epoch) === epoch,
  );
  const found = newestOf(pinned);
  if (found !== undefined) return found;
  const others = [...versions].sort((a, b) => compareVersions(b, a));
  return {
    kind: 'no-version',
    name,
    pin,
    available: others.map(({ epoch, version, release }) => ({ epoch, version, release })),
  };
}

/** Brings along what is required, until nothing is missing that could be had. */
function addDependencies<T extends RepositoryPackage>(
  chosen: PackageSet<T>,
  candidates: PackageSet<T>,
  has: (capability: Capability) => boolean,
): void {
  for (let isGrowing = true; isGrowing; ) {
    isGrowing = false;
    for (const { requires } of [...chosen.packages.values()]) {
      for (const missing of requires.flatMap((each) => missingOf(requirementOf(each), has))) {
        if (has(missing)) continue;
        const [best] = candidates
          .providersOf(missing)
          .filter(({ name }) => !chosen.packages.has(name))
          .sort(
            (a, b) =>
              Number(b.name === missing.name) - Number(a.name === missing.name) ||
              a.name.length - b.name.length ||
              byCodeUnit(a.name, b.name),
          );
        if (best === undefined) continue;
        chosen.add(best);
        isGrowing = true;
      }
    }
  }
}

function unmetIn(chosen: PackageSet, has: (capability: Capability) => boolean): readonly ResolveComplaint[] {
  const unmet = new Map<string, { readonly capability: Capability; readonly by: Set<string> }>();
  for (const { name, requires } of chosen.packages.values()) {
    for (const requirement of requires) {
      const [missing] = missingOf(requirementOf(requirement), has);
      if (missing === undefined) continue;
      const text = renderCapability(requirement);
      const known = unmet.get(text);
      if (known === undefined) unmet.set(text, { capability: missing, by: new Set([name]) });
      else known.by.add(name);
    }
  }
  return [...unmet]
    .sort(([a], [b]) => byCodeUnit(a, b))
    .map(([requirement, { capability, by }]) => ({
      kind: 'unmet' as const,
      ...{ requirement, capability, by: [...by].sort(byCodeUnit) },
    }));
}

function conflictsIn(chosen: PackageSet): readonly ResolveComplaint[] {
  return [...chosen.packages.values()].flatMap(({ name, conflicts }) =>
    conflicts
      .flatMap((conflict) => chosen.providersOf(conflict))
      .filter((other) => other.name !== name)
      .map((other) => ({ kind: 'conflict' as const, name, with: other.name })),
  );
}

function groupByName<T extends RepositoryPackage>(available: readonly T[]): Map<string, T[]> {
  const byName = new Map<string, T[]>();
  for (const each of available) {
    const same = byName.get(each.name);
    if (same === undefined) byName.set(each.name, [each]);
    else same.push(each);
  }
  return byName;
}
