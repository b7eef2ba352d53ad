import type { Override } from '../../config/lock/override.ts';
import type { Suspect } from './suspect.ts';
import { mergeOverrides, type Variant } from './variant.ts';

/** Weights above those of any guess. */
const surely = 1000;

/**
 * What to build to confirm suspects: each cause alone, and, where there are several, the likeliest of each all at once.
 * Pairs are the search's own affair.
 */
export function targetedVariants(suspects: readonly Suspect[]): readonly Variant[] {
  const singles = suspects.flatMap(({ variants }, at) =>
    variants.map((variant, index) => ({ ...variant, weight: surely / (1 + index) / (1 + at / 10), cost: 1 })),
  );
  const likeliest = suspects.flatMap(({ variants }) => variants.slice(0, 1));
  const all = likeliest.length < 2 ? undefined : allAtOnce(likeliest);
  const seen = new Set<string>();
  return [...singles, ...(all === undefined ? [] : [all])].filter(({ override }) => {
    const text = JSON.stringify(override);
    return !seen.has(text) && seen.add(text);
  });
}

function allAtOnce(variants: readonly Variant[]): Variant | undefined {
  const [first, ...others] = variants;
  if (first === undefined) return undefined;
  let override: Override | undefined = first.override;
  for (const other of others) override = override && mergeOverrides(override, other.override);
  if (override === undefined) return undefined;
  const what = variants.map((variant) => variant.what).join(' and ');
  return { rule: first.rule, what, override, weight: surely, cost: 1 };
}
