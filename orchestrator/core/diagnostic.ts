import { withoutUrlCredentials } from './credentials.ts';
import { visible, visibleLines } from './visible.ts';

/** A complaint about a text that a person can edit: where it stands, what is wrong, what to do. */
export interface Diagnostic {
  readonly severity: 'error' | 'warning';
  readonly message: string;
  /** What to do about it, in one sentence. */
  readonly help?: string | undefined;
  readonly location: Location;
}

/** A place in a text file. Lines and columns count from 1; `length` is in UTF-16 code units. */
export interface Location {
  readonly file: string;
  readonly line: number;
  readonly column: number;
  readonly length: number;
  /** The whole line, without its end, so that it can be shown without reading the file again. */
  readonly text: string;
}

/** Finds the location of a range of UTF-16 offsets in a text. */
export function locate(file: string, text: string, offset: number, end = offset + 1): Location {
  const before = text.slice(0, offset);
  const start = before.lastIndexOf('\n') + 1;
  const lineEnd = text.indexOf('\n', offset);
  const line = text.slice(start, lineEnd < 0 ? text.length : lineEnd);
  return {
    file,
    line: before.split('\n').length,
    column: offset - start + 1,
    length: Math.max(1, Math.min(end - offset, start + line.length - offset)),
    text: line.replace(/\r$/, ''),
  };
}

/** `file:line:col: error: message`, the line, a squiggle under the place, and the help. */
export function renderDiagnostic(diagnostic: Diagnostic): string {
  const { file, line, column, length } = diagnostic.location;
  // As long as it was, so that the squiggle stands where it should.
  const text = withoutUrlCredentials(diagnostic.location.text, '*');
  // In three parts, so that the squiggle stands under what it is about however much wider that is shown.
  const [before, range, after] = [
    [0, column - 1],
    [column - 1, column - 1 + length],
    [column - 1 + length],
  ].map((place) => visibleLines(text.slice(...place))) as [string, string, string];
  const indent = before.replace(/[^\t]/g, ' ');
  const lines = [
    `${visible(file)}:${line}:${column}: ${diagnostic.severity}: ${visibleLines(withoutUrlCredentials(diagnostic.message))}`,
    `    ${before}${range}${after}`,
    `    ${indent}${'~'.repeat(Math.max(1, range.length))}`,
  ];
  if (diagnostic.help !== undefined) lines.push(`    ${visibleLines(diagnostic.help)}`);
  return lines.join('\n');
}
