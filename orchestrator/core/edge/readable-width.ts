/** Columns where nobody knows: what is no terminal, and one that was never told its size, which says 0. */
const usualColumns = 80;

/** With fewer, lines would be words: the terminal wraps what is longer. */
export const leastColumns = 40;

/** The columns to write in. @param columns as a terminal says. */
export function readableWidth(columns: number): number {
  return Math.max(columns || usualColumns, leastColumns);
}
