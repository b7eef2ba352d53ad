import { byCodeUnit } from '../../core/canonical-json.ts';
import type { PackageDifference } from './comparison.ts';

/** What the header of a package says of it. */
export interface PackageFacts {
  readonly name: string;
  readonly epoch: number | undefined;
  readonly version: string;
  readonly release: string;
  /** Empty of keys, which rpm keeps as packages named `gpg-pubkey`. */
  readonly arch: string;
  /** Under which licence its header says it is: a distribution's own words, mostly. */
  readonly license?: string | undefined;
  readonly vendor?: string | undefined;
  /** `glibc-2.26-64.amzn2.0.1.src.rpm` */
  readonly sourceRpm?: string | undefined;
}

/** A package that an image's rpm database says is installed. */
export interface InstalledPackage extends PackageFacts {
  /** SHA-256 of each value of its header by tag, without what tells of the installation. */
  readonly tags: ReadonlyMap<string, string>;
}

/** The rpm database of an image. */
export interface InstalledPackages {
  /** Absolute paths, in the image, of the files that are the database. */
  readonly files: ReadonlySet<string>;
  readonly packages: readonly InstalledPackage[];
}

/** Compares what is installed. Packages of the same name and machine are paired, those of the same version first. */
export function comparePackages(
  a: readonly InstalledPackage[],
  b: readonly InstalledPackage[],
): readonly PackageDifference[] {
  const names = [...new Set([...a, ...b].map(keyOf))].sort(byCodeUnit);
  return names.flatMap((key) => {
    const [left, right] = [a, b].map((all) =>
      all.filter((each) => keyOf(each) === key).sort((x, y) => byCodeUnit(versionOf(x), versionOf(y))),
    ) as [InstalledPackage[], InstalledPackage[]];
    return comparePair(left, right);
  });
}

function comparePair(a: InstalledPackage[], b: InstalledPackage[]): readonly PackageDifference[] {
  const found: PackageDifference[] = [];
  const left = a.filter((each) => {
    const at = b.findIndex((other) => versionOf(other) === versionOf(each));
    if (at < 0) return true;
    const [same] = b.splice(at, 1);
    const tags = same === undefined ? [] : otherTags(each, same);
    if (tags.length > 0) found.push(differenceOf(each, same, tags));
    return false;
  });
  for (let at = 0; at < Math.max(left.length, b.length); at += 1) {
    found.push(differenceOf(left[at], b[at], []));
  }
  return found;
}

function differenceOf(
  a: InstalledPackage | undefined,
  b: InstalledPackage | undefined,
  tags: readonly string[],
): PackageDifference {
  const { name = '', arch = '' } = a ?? b ?? {};
  return { name, arch, a: a ? versionOf(a) : null, b: b ? versionOf(b) : null, tags };
}

function otherTags(a: InstalledPackage, b: InstalledPackage): readonly string[] {
  const tags = [...new Set([...a.tags.keys(), ...b.tags.keys()])].sort(byCodeUnit);
  return tags.filter((tag) => a.tags.get(tag) !== b.tags.get(tag));
}

function keyOf({ name, arch }: InstalledPackage): string {
  return `${name}.${arch}`;
}

function versionOf({ epoch, version, release }: InstalledPackage): string {
  return `${epoch === undefined ? '' : `${epoch}:`}${version}-${release}`;
}
