import { countOf } from '../../core/numbers.ts';
import type { VerdictName } from '../../verdict/verify/verdict.ts';
import { countsText, type Mood } from '../html/parts.tsx';
import type { AtlasFile } from './data.ts';

/** Totals in which every published file counts, and how many of all nobody has said anything of. */
export interface Counts {
  readonly identical: number;
  readonly comparable: number;
  readonly all: number;
  readonly unknown: number;
}

export function countFiles(files: readonly AtlasFile[]): Counts {
  const [identical, comparable, unknown] = [
    // Only what was compared: else one that was not would stand for one that differs.
    files.filter(({ said }) => said?.comparable === true && isAsPublished(said.verdict)),
    files.filter(({ said }) => said?.comparable === true),
    files.filter(({ said }) => said === undefined),
  ];
  return {
    ...{ identical: identical.length, comparable: comparable.length },
    ...{ all: files.length, unknown: unknown.length },
  };
}

/** How many files have a published SHA-256, and how many different ones there are. What one task makes altogether (`*`) has none. */
export function publishedIn(files: readonly AtlasFile[]): {
  readonly files: number;
  readonly distinct: number;
} {
  const sums = files.flatMap(({ expected }) => expected ?? []);
  return { files: sums.length, distinct: new Set(sums).size };
}

function isAsPublished(verdict: VerdictName): boolean {
  return verdict === 'identical' || verdict === 'equivalent';
}

/** `72 / 72 / 91, 10 not known yet` */
export function countsWords(counts: Counts): string {
  return counts.unknown === 0 ? countsText(counts) : `${countsText(counts)}, ${counts.unknown} not known yet`;
}

/** What is said of many files at once. */
export interface State {
  readonly mood: Mood;
  /** Tells it apart without colour. */
  readonly mark: string;
  readonly words: string;
}

/** That something is not known yet is never bad news. */
export function stateOf({ identical, comparable, all, unknown }: Counts): State {
  const differing = comparable - identical;
  if (differing > 0) {
    const words = `${countOf(differing, 'comparable file is', 'comparable files are')} not identical`;
    return { mood: 'bad', mark: '✖', words };
  }
  if (all === 0) return { mood: 'quiet', mark: '–', words: 'no sums of it are published' };
  if (unknown === all) return { mood: 'quiet', mark: '·', words: 'nothing is known yet' };
  if (unknown > 0) return { mood: 'quiet', mark: '◔', words: 'not all is known yet, and nothing differs' };
  if (comparable === 0) return { mood: 'quiet', mark: '–', words: 'nothing could be compared' };
  return { mood: 'good', mark: '✔', words: 'no comparable file differs' };
}

/** All states there are, for a legend. */
export const legend: readonly State[] = [
  { identical: 1, comparable: 1, all: 1, unknown: 0 },
  { identical: 0, comparable: 1, all: 1, unknown: 0 },
  { identical: 1, comparable: 1, all: 2, unknown: 1 },
  { identical: 0, comparable: 0, all: 1, unknown: 0 },
  { identical: 0, comparable: 0, all: 1, unknown: 1 },
]
  .map(stateOf)
  .map((state) => (state.mood === 'bad' ? { ...state, words: 'a comparable file is not identical' } : state));

/** @param comparable whether it counts as compared. */
export function stateOfFile(verdict: VerdictName | undefined, comparable: boolean): State {
  if (verdict === undefined) return { mood: 'quiet', mark: '·', words: 'not known yet' };
  if (isAsPublished(verdict)) return { mood: 'good', mark: '✔', words: verdict };
  return comparable
    ? { mood: 'bad', mark: '✖', words: verdict }
    : { mood: 'quiet', mark: '–', words: verdict };
}
