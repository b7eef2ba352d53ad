import type { LockedPackage } from '../../config/base/base-lock.ts';
import type { Architecture } from '../../config/base/distribution.ts';
import { byCodeUnit } from '../../core/canonical-json.ts';
import { compareVersions, type Version } from './rpm-version.ts';
import type { Advisory } from './updateinfo.ts';

/** A package that comes, goes, or gets another version. */
export interface PackageChange {
  readonly name: string;
  /** Undefined where it comes anew. */
  readonly from: Version | undefined;
  /** Undefined where it goes. */
  readonly to: Version | undefined;
  /** On which processors, in the order of the locks. */
  readonly architectures: readonly Architecture[];
  /** What was published between the two versions, by id in code-unit order. */
  readonly advisories: readonly AdvisoryNote[];
}

export type AdvisoryNote = Pick<Advisory, 'id' | 'type' | 'severity' | 'cves'>;

type Packages = { readonly [Arch in Architecture]?: readonly LockedPackage[] | undefined };

/** The changes that lead from some packages to others, by name in code-unit order. */
export function changesBetween(
  before: Packages,
  after: Packages,
  advisories: readonly Advisory[],
): readonly PackageChange[] {
  const changes = new Map<string, PackageChange>();
  for (const arch of ['x86_64', 'aarch64'] satisfies Architecture[]) {
    const [old, new_] = [byName(before[arch]), byName(after[arch])];
    for (const name of [...new Set([...old.keys(), ...new_.keys()])].sort(byCodeUnit)) {
      const [from, to] = [old.get(name), new_.get(name)];
      if (from?.sha256 === to?.sha256) continue;
      const key = JSON.stringify([name, versionOf(from), versionOf(to)]);
      const known = changes.get(key);
      changes.set(key, {
        name,
        from: versionOf(from),
        to: versionOf(to),
        architectures: [...(known?.architectures ?? []), arch],
        advisories:
          from === undefined || to === undefined ? [] : advisoriesBetween(name, from, to, advisories),
      });
    }
  }
  return [...changes.values()].sort((a, b) => byCodeUnit(a.name, b.name));
}

export function isSecurityUpdate({ advisories }: PackageChange): boolean {
  return advisories.some(({ type }) => type === 'security');
}

/**
 * What was said about versions after one and up to another. The processor is not looked at: a distribution may list only one
 * of those for which it built the version.
 */
export function advisoriesBetween(
  name: string,
  from: Version,
  to: Version,
  advisories: readonly Advisory[],
): readonly AdvisoryNote[] {
  const found = new Map<string, AdvisoryNote>();
  for (const { id, type, severity, cves, packages } of advisories) {
    const concerns = packages.some(
      (each) => each.name === name && compareVersions(each, from) > 0 && compareVersions(each, to) <= 0,
    );
    if (concerns) found.set(id, { id, type, severity, cves: [...cves].sort(byCodeUnit) });
  }
  return [...found.values()].sort((a, b) => byCodeUnit(a.id, b.id));
}

function byName(packages: readonly LockedPackage[] = []): ReadonlyMap<string, LockedPackage> {
  return new Map(packages.map((each) => [each.name, each]));
}

function versionOf(found: Version | undefined): Version | undefined {
  return found && { epoch: found.epoch, version: found.version, release: found.release };
}
