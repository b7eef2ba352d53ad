import type { BinaryComparison, Difference } from '../inspect/difference.ts';
import type { OwnBuild, Suspect } from './suspect.ts';
import { costs, type Variant } from './variant.ts';

/**
 * Strings that only one of two programs has. Where one that is only in ours is a value that the linker set, a string of the
 * published program may stand in its place: those that look alike come first.
 */
export function suspectValues(
  difference: Extract<Difference, { kind: 'values' | 'strings' }>,
  comparison: BinaryComparison,
  own: OwnBuild,
): Suspect | undefined {
  const ours = difference.onlyBuilt.map(textOf);
  const theirs = difference.onlyPublished.map(textOf);
  const set = [...own.values].filter(([, value]) => ours.some((text) => text === value));
  const variants = set.flatMap(([name, value]) =>
    [...theirs]
      .sort((a, b) => distance(a, value) - distance(b, value))
      .slice(0, 3)
      .map((text): Variant => {
        return {
          rule: 'link-values',
          what: `${name}=${text}`,
          override: { stamps: { [name]: text.replaceAll('{', '{{') } },
          weight: 100,
          cost: costs.link,
        };
      }),
  );
  const known = own.variants.filter(({ rule }) => rule === 'link-values');
  // Other code has other strings: then they say nothing of the linker.
  if (set.length === 0 && (difference.kind === 'strings' || comparison.extent === 'code')) return undefined;
  const names = set.map(([name]) => name).join(', ');
  return {
    rule: 'link-values',
    cause:
      set.length === 0
        ? 'Values that the linker sets differ.'
        : `The linker set another value for ${names} in the published file.`,
    evidence: [],
    confidence: set.length === 0 ? 'medium' : 'high',
    fix: 'Look at the stamps of the recipe.',
    variants: [...variants, ...known],
  };
}

function textOf(each: string | { readonly text: string }): string {
  return typeof each === 'string' ? each : each.text;
}

/** How unlike two values are: by length, by what they begin with, by the kind of their characters. */
function distance(text: string, value: string): number {
  let common = 0;
  while (common < Math.min(text.length, value.length) && text[common] === value[common]) common += 1;
  const isAlike = text.includes(value) || value.includes(text);
  return Math.abs(text.length - value.length) - 3 * common - (isAlike ? 20 : 0);
}
