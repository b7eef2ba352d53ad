/**
 * Many paths in few lines: of words in braces each stands for a path of its own, as in a shell
 * (`bin/linux/{amd64,arm64}/kubectl{,.sha256,.sha512}`). Braces hold plain words, and none lie in others.
 */

/** All that one release publishes are fewer than 300 files. */
export const mostPaths = 3000;

const braces = /\{([^{}]*)\}/g;

/** How many paths patterns stand for, at most: some may be the same. */
export function countPaths(patterns: readonly string[]): number {
  const counts = patterns.map((pattern) =>
    [...pattern.matchAll(braces)].reduce((count, [, words = '']) => count * words.split(',').length, 1),
  );
  return counts.reduce((sum, count) => sum + count, 0);
}

/** The paths that patterns stand for, in the patterns' order. Their number is the caller's care (`countPaths`). */
export function expandPatterns(patterns: readonly string[]): readonly string[] {
  return patterns.flatMap((pattern) => {
    // Texts and words by turns.
    const [first = '', ...rest] = pattern.split(braces);
    let paths = [first];
    for (let at = 0; at + 1 < rest.length; at += 2) {
      const words = (rest[at] ?? '').split(',');
      paths = paths.flatMap((path) => words.map((word) => `${path}${word}${rest[at + 1] ?? ''}`));
    }
    return paths;
  });
}

/** A path in parts, each with what may stand there: the ending of a sum, the name, the folders from the innermost. */
type Row = readonly (readonly string[])[];

/** Few patterns that stand for those paths and no others, none of which has braces or commas in it. */
export function patternsOf(paths: readonly string[]): readonly string[] {
  let rows: readonly Row[] = paths.map(partsOf);
  const most = Math.max(0, ...rows.map((row) => row.length));
  for (let at = 0; at < most; at++) rows = joined(rows, at);
  return rows.map(patternOf);
}

function partsOf(path: string): Row {
  const folders = path.split('/');
  const [, name = '', sum = ''] = /^(.*?)(\.sha(?:256|512))?$/.exec(folders.pop() ?? '') ?? [];
  return [[sum], [name], ...folders.reverse().map((folder) => [folder])];
}

/** Rows that are alike but for one part are one. */
function joined(rows: readonly Row[], at: number): readonly Row[] {
  const known = new Map<string, Row>();
  for (const row of rows) {
    const others = JSON.stringify(row.map((part, index) => (index === at ? [] : part)));
    const same = known.get(others);
    const part = [...(same?.[at] ?? []), ...(row[at] ?? [])];
    known.set(others, same === undefined ? row : row.with(at, part));
  }
  return [...known.values()];
}

function patternOf(row: Row): string {
  const [sum = '', name = '', ...folders] = row.map((words) =>
    words.length === 1 ? (words[0] ?? '') : `{${words.join(',')}}`,
  );
  return `${folders
    .reverse()
    .map((folder) => `${folder}/`)
    .join('')}${name}${sum}`;
}
