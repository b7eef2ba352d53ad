import type { BatchResult } from './batch.ts';

/** What is known of a file of tests before it runs. */
export interface Lane {
  readonly name: string;
  /** Seconds of processors that it may take before it is named. */
  readonly budget: number;
}

/** Files in the order in which they are taken. */
export function queueOf<T extends Lane>(files: readonly T[]): T[] {
  return [...files].sort((a, b) => b.budget - a.budget);
}

/**
 * Runs the files of a queue, as many at a time as there are lanes, until it is empty: others may take from it as well. The last lane
 * takes the shortest that is left, the others the longest: what compiles runs beside what mostly waits, and what ends last is of
 * middling length.
 */
export async function inLanes<T extends Lane>(
  queue: T[],
  lanes: number,
  run: (file: T) => Promise<void>,
): Promise<void> {
  const lane = async (next: () => T | undefined): Promise<void> => {
    for (let file = next(); file !== undefined; file = next()) await run(file);
  };
  const longest = Array.from({ length: Math.max(1, lanes - 1) }, () => lane(() => queue.shift()));
  await Promise.all([...longest, ...(lanes > 1 ? [lane(() => queue.pop())] : [])]);
}

export type Timed = Lane & Pick<BatchResult, 'seconds' | 'work'>;

/** A line a file, the longest first, and once more those that took more than they may. */
export function describeTimes(files: readonly Timed[]): string {
  const rows = [...files].sort((a, b) => b.seconds - a.seconds);
  const over = rows.filter(({ work, budget }) => work > budget);
  const total = (which: 'seconds' | 'work') => rows.reduce((sum, row) => sum + row[which], 0);
  return [
    '\n seconds  of processors  file\n',
    ...rows.map(({ name, seconds, work }) => line(seconds, work, name)),
    line(total('seconds'), total('work'), 'all'),
    ...over.map(
      ({ name, work, budget }) =>
        `\nOVER ITS BUDGET: ${name} took ${work.toFixed(0)} seconds of processors, and ${budget} are meant (test/rig/budgets.ts).\n`,
    ),
  ].join('');
}

function line(seconds: number, work: number, name: string): string {
  return `${seconds.toFixed(1).padStart(8)} ${work.toFixed(1).padStart(14)}  ${name}\n`;
}
