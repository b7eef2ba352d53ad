import type { BatchResult } from './batch.ts';

/** What is known of a file of tests before it runs. */
export interface Lane {
  readonly name: string;
  /** Seconds of processors that it may take before it is named. */
  readonly budget: number;
  /** Whether nothing may run beside it. */
  readonly isAlone: boolean;
}

/**
 * Runs files: first, in their order, those that are to be alone, then two at a time. One lane takes the longest that is left, the
 * other one the shortest: what compiles has a processor and a half, beside what mostly waits.
 */
export async function inLanes<T extends Lane>(
  files: readonly T[],
  run: (file: T) => Promise<void>,
): Promise<void> {
  for (const file of files.filter(({ isAlone }) => isAlone)) await run(file);
  const left = files.filter(({ isAlone }) => !isAlone).sort((a, b) => b.budget - a.budget);
  const lane = async (next: () => T | undefined): Promise<void> => {
    for (let file = next(); file !== undefined; file = next()) await run(file);
  };
  await Promise.all([lane(() => left.shift()), lane(() => left.pop())]);
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
