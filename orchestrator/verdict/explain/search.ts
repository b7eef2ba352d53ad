import type { Digest } from '../../core/digest.ts';
import type { Tried } from '../verify/explanation.ts';
import { costs, inOrder, pairsOf, type Variant } from './variant.ts';

export interface SearchOptions {
  /** What the published files are, by name: those that came out otherwise. Not empty. */
  readonly wanted: ReadonlyMap<string, Digest>;
  /** What came out here instead, by name. */
  readonly ours: ReadonlyMap<string, Digest>;
  readonly variants: readonly Variant[];
  /** Builds files, by name, with a variant, and gives what came out by name; undefined where nothing did. */
  readonly build: (
    variant: Variant,
    names: ReadonlySet<string>,
  ) => Promise<ReadonlyMap<string, Digest> | undefined>;
  /** How long to go on, in milliseconds: a build that was begun is ended. */
  readonly budget: number;
  /** Milliseconds, of a clock that only goes forward. */
  readonly clock: () => number;
  readonly signal: AbortSignal;
}

export interface SearchResult {
  /** What makes each file that was found. */
  readonly found: ReadonlyMap<string, Variant>;
  /** What else came out with the same recipe under other conditions (`again`). */
  readonly unstable: ReadonlyMap<string, Digest>;
  /** In the order in which they were tried. */
  readonly tried: readonly Tried[];
  /** Whether there was time for all. */
  readonly exhausted: boolean;
}

/** No guess at what upstream did: the same build once more, under other conditions. */
export const again: Variant = {
  rule: 'nondeterministic',
  what: 'nothing changed but the conditions',
  override: {},
  // Where it is so, all else that is tried is in vain.
  weight: 30,
  cost: costs.everything,
};

/**
 * Tries variants, the likeliest first for the time that they take, then two at once, until every published file came out or
 * the budget is spent. What is found for one file is tried for the others on the way: one cause mostly explains all.
 */
export async function search(options: SearchOptions): Promise<SearchResult> {
  const { wanted, ours, build, budget, clock, signal } = options;
  const began = clock();
  const found = new Map<string, Variant>();
  const tried: Tried[] = [];
  const unstable = new Map<string, Digest>();
  const singles = inOrder([...options.variants, again]);
  const failed = new Set<Variant>();
  const isOpen = (name: string) => !found.has(name) && !unstable.has(name);
  const attempt = async (variant: Variant): Promise<void> => {
    const open = new Set([...wanted.keys()].filter(isOpen));
    const files = await build(variant, open);
    if (files === undefined) failed.add(variant);
    let hits = 0;
    for (const name of open) {
      const made = files?.get(name);
      if (made !== undefined && made === wanted.get(name)) {
        hits += 1;
        found.set(name, variant);
      } else if (variant === again && made !== undefined && made !== ours.get(name)) {
        unstable.set(name, made);
      }
    }
    const result = files === undefined ? 'failed' : hits > 0 ? 'published' : 'different';
    tried.push({ rule: variant.rule, what: variant.what, result });
  };
  const goOn = () => [...wanted.keys()].some(isOpen) && clock() - began < budget && !signal.aborted;
  for (const variant of singles) {
    if (!goOn()) break;
    await attempt(variant);
  }
  // What cannot be built alone cannot be built with another.
  const pairs = goOn() ? pairsOf(singles.filter((variant) => variant !== again && !failed.has(variant))) : [];
  for (const variant of pairs) {
    if (!goOn()) break;
    await attempt(variant);
  }
  const exhausted = tried.length >= singles.length + pairs.length;
  return { found, unstable, tried, exhausted };
}
