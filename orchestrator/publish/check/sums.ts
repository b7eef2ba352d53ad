import { err, ok, type Result } from '../../core/result.ts';
import type { FileHashes } from '../../tool/file/read-file.ts';
import { differs, type Finding, same } from './finding.ts';

/** Hashes that files of sums are of, and how many characters each has. */
const algorithms = { sha256: 64, sha512: 128 } as const;
export type Algorithm = keyof typeof algorithms;

/** Bytes of a file of sums: the longest list of a release has 20 KB. */
export const sumsLimit = 2 ** 20;

/** A line of a file of sums. */
interface SumLine {
  readonly sum: string;
  /** From 1. */
  readonly line: number;
}

/** The lines of a file of sums by the path that each is of. Errors: the finding that it is none. */
export function sumLines(
  name: string,
  text: string,
  algorithm: Algorithm,
): Result<ReadonlyMap<string, SumLine>, Finding> {
  const wrong = (why: string) => err(differs({ kind: 'sums', name }, why));
  const sums = new Map<string, SumLine>();
  const lines = text.split('\n');
  if (lines.at(-1) === '') lines.pop();
  for (const [at, text] of lines.entries()) {
    // As `sha256sum -c` reads it: a blank or a star tells how the file was opened.
    const [, sum = '', path = ''] = /^([0-9a-f]+) [ *](.+)$/.exec(text) ?? [];
    const place = `${name}:${at + 1}`;
    if (sum.length !== algorithms[algorithm]) return wrong(`${place} is no line of ${algorithm}sum.`);
    if ((sums.get(path)?.sum ?? sum) !== sum) return wrong(`${place} says another hash of ${path}.`);
    sums.set(path, { sum, line: at + 1 });
  }
  return ok(sums);
}

/**
 * Compares a file of sums with files that are known: one beside a file has a line of that, a list has one of each.
 * @param known by their paths as the file of sums gives them, from the folder of the component's version on. Lines of others are left.
 */
export function compareSums(
  name: string,
  text: string,
  algorithm: Algorithm,
  known: ReadonlyMap<string, Pick<FileHashes, Algorithm>>,
): Finding {
  const about = { kind: 'sums', name } as const;
  const read = sumLines(name, text, algorithm);
  if (!read.ok) return read.error;
  const sums = read.value;
  const wrong = [...known].filter(([path, hashes]) => sums.get(path)?.sum !== hashes[algorithm]);
  const [first] = wrong;
  if (first === undefined) return same(about, `It says what is there, of ${known.size}.`);
  const [path, hashes] = first;
  const more = wrong.length === 1 ? '' : ` ${wrong.length - 1} more are not as it says.`;
  const expected = sums.get(path)?.sum;
  if (expected === undefined) return differs(about, `It has no line of ${path}.${more}`);
  const found = hashes[algorithm];
  return differs(about, `It says another hash of ${path}.${more}`, { expected, found });
}
