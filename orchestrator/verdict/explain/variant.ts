import type { Override } from '../../config/lock/override.ts';
import type { RuleName } from '../verify/explanation.ts';

/** One thing done otherwise, as a guess at what upstream did. */
export interface Variant {
  readonly rule: RuleName;
  /** What a lock calls it, where it names it: `go-of-builder`. */
  readonly name?: string;
  /** What was changed, to stand after "with": `Go 1.21.9`, `no version-control stamp`. */
  readonly what: string;
  readonly override: Override;
  /** How likely it is the cause, against the others: only the ratio counts. */
  readonly weight: number;
  /** How long its build takes against one that is only linked again. */
  readonly cost: number;
}

/** Costs of a build, by what has to be made again: nothing but the program, the checkout, the packages of a project, all. */
export const costs = { link: 1, checkout: 2, packages: 6, everything: 15 } as const;

/** The likeliest first for the time that they take; ties as they were. */
export function inOrder(variants: readonly Variant[]): readonly Variant[] {
  return [...variants].sort((a, b) => b.weight / b.cost - a.weight / a.cost);
}

/**
 * Two causes at once, in the same order. Only such as touch different parts of an override: of two values for the same
 * thing one would be lost.
 */
export function pairsOf(variants: readonly Variant[]): readonly Variant[] {
  const total = variants.reduce((sum, variant) => sum + variant.weight, 0);
  const pairs = variants.flatMap((first, at) =>
    variants.slice(at + 1).flatMap((second): readonly Variant[] => {
      const override = mergeOverrides(first.override, second.override);
      if (override === undefined) return [];
      const [leading, other] = first.weight >= second.weight ? [first, second] : [second, first];
      return [
        {
          rule: leading.rule,
          what: `${leading.what} and ${other.what}`,
          override,
          weight: (first.weight * second.weight) / total,
          cost: Math.max(first.cost, second.cost),
        },
      ];
    }),
  );
  return inOrder(pairs);
}

/** Both overrides in one; undefined where they say different things of the same. Records are merged by name. */
export function mergeOverrides(first: Override, second: Override): Override | undefined {
  const merged: Record<string, unknown> = { ...first };
  for (const [name, value] of Object.entries(second)) {
    const before = merged[name];
    if (before === undefined) merged[name] = value;
    else if (isRecord(before) && isRecord(value) && name !== 'go' && name !== 'committer') {
      if (Object.keys(value).some((key) => key in before)) return undefined;
      merged[name] = { ...before, ...value };
    } else return undefined;
  }
  return merged as Override;
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
