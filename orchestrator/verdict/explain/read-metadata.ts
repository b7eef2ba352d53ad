import type { BuildInformation } from '../inspect/binary.ts';
import { compareBuild } from '../inspect/compare-build.ts';
import type { Difference } from '../inspect/difference.ts';
import { type Foretold, nameOfDifference } from './foretell.ts';
import type { OwnBuild } from './suspect.ts';
import { suspectsOf } from './suspects.ts';
import type { Variant } from './variant.ts';

/** Something that the build information of the published program has otherwise. */
export interface MetadataDifference {
  readonly difference: Difference;
  /** One sentence; undefined where nothing is known that it comes of. */
  readonly cause: string | undefined;
  readonly fix: string | undefined;
  /** What makes it so, the likeliest first. */
  readonly variants: readonly Variant[];
  /** Whether those are known to make it so before they are built; else they may. */
  readonly isForetold: boolean;
}

/** What the build information of the published program says. */
export interface Metadata {
  readonly differences: readonly MetadataDifference[];
  /** Lines that are the same. */
  readonly same: readonly string[];
  /** What will not be known before it is built, of what the published program has. */
  readonly unknown: readonly string[];
  /** Variants with a name that change nothing which such information holds: it cannot tell whether they are so. */
  readonly undecided: readonly string[];
}

/**
 * Compares the build information of a published program with that of ours, or with what a plan foretells of it.
 * @param foretold what comes of a variant; undefined where it cannot be planned.
 */
export function readMetadata(
  ours: Foretold,
  published: BuildInformation,
  own: OwnBuild,
  foretold: (variant: Variant) => Foretold | undefined,
): Metadata {
  const found = compareAll(ours.build, published);
  const different = new Set(found.map(nameOfDifference));
  const outcomes = new Map<Variant, Foretold | undefined>();
  const outcomeOf = (variant: Variant): Foretold | undefined => {
    if (!outcomes.has(variant)) outcomes.set(variant, foretold(variant));
    return outcomes.get(variant);
  };
  const differences = found.map((difference): MetadataDifference => {
    const [suspect] = suspectsOf({ extent: 'code', differences: [difference], undecided: 0 }, own);
    const suggested = suspect?.variants ?? [];
    const name = nameOfDifference(difference);
    const foretelling = once([...own.variants, ...suggested]).filter((variant) => {
      const made = outcomeOf(variant);
      if (made === undefined || made.unknown.has(name)) return false;
      const left = compareAll(made.build, published).map(nameOfDifference);
      // What mends a line and breaks another is not it.
      return !left.includes(name) && left.every((other) => different.has(other));
    });
    const isForetold = foretelling.length > 0;
    const left = (variant: Variant): number => {
      const made = outcomeOf(variant);
      return made === undefined ? 0 : compareAll(made.build, published).length;
    };
    const variants = isForetold
      ? foretelling.toSorted(
          (a, b) => left(a) - left(b) || namedFirst(a, b) || b.weight / b.cost - a.weight / a.cost,
        )
      : suggested;
    return { difference, cause: suspect?.cause, fix: suspect?.fix, variants, isForetold };
  });
  const names = lineNames(published);
  return {
    differences,
    same: names.filter((name) => !different.has(name) && !ours.unknown.has(name)),
    unknown: names.filter((name) => ours.unknown.has(name)),
    undecided: own.variants.flatMap((variant) => {
      const made = variant.name === undefined ? undefined : outcomeOf(variant);
      const isInvisible = made !== undefined && compareAll(made.build, ours.build).length === 0;
      return isInvisible && variant.name !== undefined ? [variant.name] : [];
    }),
  };
}

function namedFirst(a: Variant, b: Variant): number {
  return Number(a.name === undefined) - Number(b.name === undefined);
}

/** The package's path too: it is the same for two programs of a name, but not for two of whatever names. */
function compareAll(built: BuildInformation, published: BuildInformation): readonly Difference[] {
  const differences = compareBuild(built, published);
  if (built.path === published.path) return differences;
  return [...differences, { kind: 'setting', name: 'path', built: built.path, published: published.path }];
}

/** What is in build information, by the names of differences. */
function lineNames({ main, dependencies, settings }: BuildInformation): readonly string[] {
  const stamp: Readonly<Record<string, string>> = {
    vcs: 'vcs stamp',
    'vcs.revision': 'vcs revision',
    'vcs.time': 'vcs time',
    'vcs.modified': 'vcs modified',
  };
  return [
    'go-version',
    ...(main.path === '' ? [] : ['main-module path', 'main-module version']),
    ...(dependencies.length === 0 ? [] : ['dependencies set']),
    ...[...settings.keys()].map((name) => stamp[name] ?? `setting ${name}`),
  ];
}

/** Each override once, the first that has it. */
function once(variants: readonly Variant[]): readonly Variant[] {
  const seen = new Set<string>();
  return variants.filter(({ override }) => {
    const text = JSON.stringify(override);
    return !seen.has(text) && seen.add(text);
  });
}
