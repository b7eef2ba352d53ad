import type { AddHelpTextContext } from '@commander-js/extra-typings';

/**
 * What `--help` ends with: command lines as they are typed, after the program's name. What is wider than the terminal goes on in the next
 * line, as a shell takes it. Tests try every one of them.
 */
export function examples(...lines: readonly [string, ...string[]]) {
  return ({ command }: AddHelpTextContext): string => {
    const columns = command.configureOutput().getOutHelpWidth?.() ?? 80;
    const shown = lines.map((line) => `  ${folded(`eksd-rebuild ${line}`, columns - 2)}\n`);
    return `\n${lines.length === 1 ? 'Example' : 'Examples'}:\n${shown.join('')}`;
  };
}

function folded(line: string, columns: number): string {
  const rows: string[] = [];
  for (const word of line.match(/(?:'[^']*'|\S)+/g) ?? []) {
    const last = rows.at(-1);
    // Room for the mark that the line goes on.
    if (last !== undefined && last.length + word.length + 3 <= columns)
      rows[rows.length - 1] = `${last} ${word}`;
    else rows.push(last === undefined ? word : `    ${word}`);
  }
  return rows.join(' \\\n');
}
