import { describeFailure } from '../../core/describe-failure.ts';
import type { Failure } from '../../core/failure.ts';
import { isTransient } from '../../core/failure.ts';
import { countOf } from '../../core/numbers.ts';

/** What is wrong with a shared store, each thing once; and whether it is worth asking again. */
export interface Trouble {
  readonly complaints: readonly string[];
  /** @param about what it is named by: of the same, only the first is kept. @param sentence a whole one. */
  complain(about: string, sentence: string): void;
  /** Told of each failure of the place: builds do not wait for what does not answer. */
  failed(way: 'reading' | 'writing', failure: Failure): void;
  /** Why it is not asked now; undefined where it is. */
  refusal(way: 'reading' | 'writing'): Failure | undefined;
  /** Whether it can be asked: not for a while after it did not answer, and never again after it refused. */
  isOpen(way: 'reading' | 'writing'): boolean;
  /** Lets it be asked at once: for a last try. */
  again(): void;
}

/** Milliseconds after a failure in which nothing is asked; twice as long after each further one. */
const firstPause = 15_000;
const longestPause = 600_000;

export function newTrouble(place: string, now: () => number): Trouble {
  const complaints = new Map<string, string>();
  const open = () => ({ until: 0, pause: firstPause, last: undefined as Failure | undefined });
  const ways = { reading: open(), writing: open() };
  const isOpen: Trouble['isOpen'] = (name) => now() >= ways[name].until;
  return {
    get complaints() {
      return [...complaints.values()];
    },
    complain(about, sentence) {
      if (!complaints.has(about)) complaints.set(about, sentence);
    },
    failed(name, failure) {
      if (failure.reason === 'aborted') return;
      const way = ways[name];
      const isPassing = isTransient(failure);
      const rest = isPassing ? `for ${countOf(way.pause / 1000, 'second')} or more` : 'from here on';
      const about = `${name} ${failure.reason}`;
      const what = name === 'reading' ? 'Nothing is read from' : 'Nothing is written to';
      if (!complaints.has(about))
        complaints.set(
          about,
          `${what} the shared store ${place} ${rest}: ${describeFailure(failure).trim().replaceAll('\n', ' ')}`,
        );
      way.last = failure;
      way.until = isPassing ? now() + way.pause : Number.POSITIVE_INFINITY;
      way.pause = Math.min(2 * way.pause, longestPause);
    },
    isOpen,
    refusal: (name) => (isOpen(name) ? undefined : ways[name].last),
    again() {
      for (const way of Object.values(ways)) if (Number.isFinite(way.until)) way.until = 0;
    },
  };
}
