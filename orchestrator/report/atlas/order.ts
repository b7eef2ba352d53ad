import { byCodeUnit } from '../../core/canonical-json.ts';
import type { AtlasRelease } from './data.ts';

const collator = new Intl.Collator('en', { numeric: true });

/** `1-9` before `1-30`. */
export function numbersFirst(a: string, b: string): number {
  return collator.compare(a, b) || byCodeUnit(a, b);
}

/** As they follow one another in their branches, the newest branch first. */
export function inOrder(releases: readonly AtlasRelease[]): readonly AtlasRelease[] {
  return [...releases].sort(
    (a, b) =>
      numbersFirst(b.branch, a.branch) ||
      a.number - b.number ||
      byCodeUnit(a.date, b.date) ||
      byCodeUnit(a.name, b.name),
  );
}

/** The last of all branches first. */
export function newestFirst(releases: readonly AtlasRelease[]): readonly AtlasRelease[] {
  return [...releases].sort((a, b) => byCodeUnit(b.date, a.date) || numbersFirst(b.name, a.name));
}

export function groupBy<T>(
  items: readonly T[],
  keyOf: (item: T) => string,
): ReadonlyMap<string, readonly T[]> {
  const groups = new Map<string, T[]>();
  for (const item of items) {
    const group = groups.get(keyOf(item));
    if (group === undefined) groups.set(keyOf(item), [item]);
    else group.push(item);
  }
  return groups;
}

/** The keys of what is grouped, each once, in the order of their names. */
export function sortedBy<T>(
  items: readonly T[],
  keyOf: (item: T) => string,
): readonly (readonly [string, readonly T[]])[] {
  return [...groupBy(items, keyOf)].sort(([a], [b]) => byCodeUnit(a, b));
}

/** Names that count up by one, together: `v1-30-eks-3`, `v1-30-eks-4`. @param names in the order of their numbers. */
export function rangesOf(
  names: readonly string[],
): readonly (readonly [first: string, ...others: string[]])[] {
  const ranges: [string, ...string[]][] = [];
  for (const name of names) {
    const range = ranges.at(-1);
    const [, start, number] = /^(.*-)([1-9][0-9]{0,8}|0)$/.exec(name) ?? [];
    if (range !== undefined && range.at(-1) === `${start}${Number(number) - 1}`) range.push(name);
    else ranges.push([name]);
  }
  return ranges;
}
