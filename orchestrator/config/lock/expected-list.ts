import { byCodeUnit } from '../../core/canonical-json.ts';
import { type Diagnostic, locate } from '../../core/diagnostic.ts';
import { isAssetPath } from '../../core/names.ts';
import type { RelativePath } from '../../core/relative-path.ts';
import { err, ok, type Result } from '../../core/result.ts';
import { mostPaths } from './path-patterns.ts';

/** How the lines of a list are read. */
export interface ListReading {
  /** What stands for the placeholders that upstream's script substitutes in such a list, by name; no others are known. */
  readonly values: Readonly<Record<string, string>>;
  /** What every line begins with, and its path does not: a folder with a slash at its end, or nothing. */
  readonly below: string;
}

/** As envsubst reads them: `$GIT_TAG`, `${GIT_TAG}`. */
const placeholder = /\$(?:([A-Za-z_][A-Za-z0-9_]*)|\{([A-Za-z_][A-Za-z0-9_]*)\})/g;

/** Complaints are for people, who read no more; to find the place of each takes its time in a large text. */
const mostComplaints = 20;

/**
 * Reads a list of files that upstream held what it published against: a path a line. Blank lines, white space around a line and a
 * missing last newline are let pass. Gives the paths in code-unit order.
 * Errors: every line that is no path of plain names, is outside `below`, has a placeholder that is none, or names what another line
 * names already, as a file or as a folder; a list of more lines than any release has files.
 */
export function parseExpectedList(
  file: string,
  text: string,
  { values, below }: ListReading,
): Result<readonly RelativePath[], readonly Diagnostic[]> {
  const seen = new Map<string, number>();
  const folders = new Map<string, number>();
  const paths: RelativePath[] = [];
  const complaints: Diagnostic[] = [];
  let offset = 0;
  for (const [index, whole] of text.split('\n').entries()) {
    const start = offset + whole.length - whole.trimStart().length;
    offset += whole.length + 1;
    const line = whole.trim();
    if (line === '') continue;
    const number = index + 1;
    const isTooLong = paths.length === mostPaths;
    const read = isTooLong
      ? `the list is longer than ${mostPaths} lines: no release has as many files`
      : readLine(line, values, below);
    const why = typeof read === 'string' ? read : whyAgain(read.path, number, seen, folders);
    if (typeof read !== 'string' && why === undefined) paths.push(read.path);
    if (why === undefined) continue;
    const location = locate(file, text, start, start + line.length);
    complaints.push({ severity: 'error', message: why, location, help });
    if (isTooLong || complaints.length === mostComplaints) break;
  }
  return complaints.length > 0 ? err(complaints) : ok(paths.sort(byCodeUnit));
}

const help =
  "Each line is the path of a published file: plain names with slashes between, and upstream's placeholders.";

/** The path of a line, or what is wrong with it. */
function readLine(
  line: string,
  values: ListReading['values'],
  below: string,
): { readonly path: RelativePath } | string {
  const [unknown] = [...line.matchAll(placeholder)]
    .map(([, name = '', braced = '']) => name || braced)
    .filter((name) => !Object.hasOwn(values, name));
  if (unknown !== undefined) {
    const known = Object.keys(values).map((name) => `$${name}`);
    return `there is no placeholder $${unknown}: this list has ${known.join(', ')}`;
  }
  const resolved = line.replaceAll(placeholder, (_, name, braced) => values[name ?? braced] ?? '');
  if (!resolved.startsWith(below)) return `this line is outside ${below}`;
  const path = resolved.slice(below.length);
  return isAssetPath(path) ? { path } : 'this line is no path of a published file';
}

/** Why a path cannot stand beside those before it: on a disk whose names have no case, too. */
function whyAgain(
  path: string,
  line: number,
  seen: Map<string, number>,
  folders: Map<string, number>,
): string | undefined {
  const name = path.toLowerCase();
  const before = seen.get(name);
  if (before !== undefined) return `${path} stands in line ${before} already`;
  const parents = [...name.matchAll(/\//g)].map(({ index }) => name.slice(0, index));
  const inside =
    folders.get(name) ?? parents.map((parent) => seen.get(parent)).find((at) => at !== undefined);
  if (inside !== undefined) return `${path} is a file and a folder at once: see line ${inside}`;
  seen.set(name, line);
  for (const parent of parents) if (!folders.has(parent)) folders.set(parent, line);
  return undefined;
}
