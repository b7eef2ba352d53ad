import { withoutPrivateKeys, withoutUrlCredentials } from './credentials.ts';
import { err, ok, type Result } from './result.ts';
import { visible, visibleLines } from './visible.ts';

/** A complaint about a text that a person can edit: where it stands, what is wrong, what to do. */
export interface Diagnostic {
  readonly severity: 'error' | 'warning';
  readonly message: string;
  /** What to do about it, in one sentence. */
  readonly help?: string | undefined;
  readonly location: Location | WholeFile;
}

/** A file of which there is more to say than of any line in it: one that cannot be read. */
interface WholeFile {
  readonly file: string;
  readonly line?: undefined;
  readonly column?: undefined;
  readonly length?: undefined;
  readonly text?: undefined;
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
  return locatorOf(file, text)(offset, end);
}

/** The same for many places in one text: where its lines begin is looked for once, and not before there is anything to say. */
export function locatorOf(file: string, text: string): (offset: number, end: number) => Location {
  let starts: readonly number[] | undefined;
  let shown: string | undefined;
  return (offset, end) => {
    starts ??= lineStarts(text);
    // The last line that begins at the offset, or before it.
    let [line, beyond] = [0, starts.length];
    while (beyond - line > 1) {
      const middle = (line + beyond) >> 1;
      if ((starts[middle] ?? 0) <= offset) line = middle;
      else beyond = middle;
    }
    const start = starts[line] ?? 0;
    const next = starts[line + 1];
    // Of the whole text: one line of a key does not show that it is of one.
    shown ??= withoutPrivateKeys(text);
    const content = shown.slice(start, next === undefined ? text.length : next - 1);
    return {
      file,
      line: line + 1,
      column: offset - start + 1,
      length: Math.max(1, Math.min(end - offset, start + content.length - offset)),
      text: content.replace(/\r$/, ''),
    };
  };
}

function lineStarts(text: string): readonly number[] {
  const starts = [0];
  for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) starts.push(at + 1);
  return starts;
}

/** `file:line:col`, or the file alone. */
export function shownPlace(location: Diagnostic['location']): string {
  const { file, line, column } = location;
  return line === undefined ? file : `${file}:${line}:${column}`;
}

/** `file:line:col: error: message`, the line, a squiggle under the place, and the help. */
export function renderDiagnostic(diagnostic: Diagnostic): string {
  const { location, severity } = diagnostic;
  const message = visibleLines(withoutUrlCredentials(diagnostic.message));
  const lines = [`${visible(shownPlace(location))}: ${severity}: ${message}`];
  if (location.line !== undefined) lines.push(...squiggled(location));
  if (diagnostic.help !== undefined) lines.push(`    ${visibleLines(diagnostic.help)}`);
  return lines.join('\n');
}

/** Characters of a line that are shown, and of these before the place: nobody reads a line of a megabyte. */
const [shownLength, shownBefore] = [400, 200];

/** A line, or the part of it that is about the place, and a squiggle under that. */
function squiggled(location: Location): readonly string[] {
  const isLong = location.text.length > shownLength;
  const start = isLong ? Math.max(0, location.column - 1 - shownBefore) : 0;
  const column = location.column - start;
  // As long as it was, so that the squiggle stands where it should.
  const text = withoutUrlCredentials(location.text, '*').slice(
    start,
    isLong ? start + shownLength : undefined,
  );
  const length = Math.max(1, Math.min(location.length, text.length - column + 1));
  // In three parts, so that the squiggle stands under what it is about however much wider that is shown.
  const [before, range, after] = [
    [0, column - 1],
    [column - 1, column - 1 + length],
    [column - 1 + length],
  ].map((place) => visibleLines(text.slice(...place))) as [string, string, string];
  const indent = before.replace(/[^\t]/g, ' ');
  return [`    ${before}${range}${after}`, `    ${indent}${'~'.repeat(Math.max(1, range.length))}`];
}

/** Bytes as UTF-8 without exception. Errors: a complaint about the first byte that is none. @param shown the file's name in it. */
export function decodeUtf8(content: Uint8Array, shown: string): Result<string, Diagnostic> {
  try {
    return ok(strict().decode(content));
  } catch {
    const good = longestBeginning(content);
    const at = Buffer.byteLength(good);
    const text = new TextDecoder('utf-8', { ignoreBOM: true }).decode(content);
    const hex = (content[at] ?? 0).toString(16).padStart(2, '0');
    const message = `this is no UTF-8: byte 0x${hex} at offset ${at}`;
    return err({ severity: 'error', message, location: locate(shown, text, good.length) });
  }
}

const strict = () => new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** The whole characters before the first byte that is none. */
function longestBeginning(content: Uint8Array): string {
  let good = '';
  for (let [from, to] = [0, content.length]; from < to; ) {
    const middle = (from + to + 1) >> 1;
    try {
      // A stream takes half a character at its end, and gives what is whole.
      good = strict().decode(content.subarray(0, middle), { stream: true });
      from = middle;
    } catch {
      to = middle - 1;
    }
  }
  return good;
}
