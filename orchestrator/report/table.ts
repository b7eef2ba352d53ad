/** A cell: its text, and how it is painted, if at all. Only the text counts for the width. */
export interface Cell {
  readonly text: string;
  readonly paint?: (text: string) => string;
}

export type Align = 'left' | 'right';

/**
 * Rows of cells as aligned lines, two blanks between columns, none at the end of a line.
 * @param aligns one for each column; every row has as many cells.
 */
export function renderTable(aligns: readonly Align[], rows: readonly (readonly Cell[])[]): readonly string[] {
  const widths = aligns.map((_, column) => Math.max(0, ...rows.map((row) => row[column]?.text.length ?? 0)));
  return rows.map((row) => {
    let last = row.length - 1;
    while (last > 0 && row[last]?.text === '') last--;
    const cells = row.slice(0, last + 1).map((cell, column) => {
      const isLast = column === last;
      const width = widths[column] ?? 0;
      const padding = ' '.repeat(width - cell.text.length);
      const painted = cell.paint?.(cell.text) ?? cell.text;
      return aligns[column] === 'right' ? padding + painted : isLast ? painted : painted + padding;
    });
    return cells.join('  ');
  });
}

/** The width of the widest line that `renderTable` makes of such rows. */
export function tableWidth(rows: readonly (readonly Cell[])[]): number {
  const count = Math.max(0, ...rows.map((row) => row.length));
  let width = Math.max(0, count - 1) * 2;
  for (let column = 0; column < count; column++) {
    width += Math.max(0, ...rows.map((row) => row[column]?.text.length ?? 0));
  }
  return width;
}
