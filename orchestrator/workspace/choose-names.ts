import { minimatch } from 'minimatch';
import type { Failure } from '../core/failure.ts';
import { err, ok, type Result } from '../core/result.ts';

/** What the words of a list option may mean. */
export interface NameList<Name extends string> {
  /** How the option is called: `--project`. */
  readonly option: string;
  /** What there is. */
  readonly all: readonly Name[];
  /** Names that there are, but not here: to exclude one is no mistake. */
  readonly elsewhere?: Iterable<string>;
  /** What is said of a word, without its `!`, that fits nothing. */
  readonly unknown: (pattern: string) => Failure;
}

export interface ChosenNames<Name extends string> {
  /** In the order of all there is. */
  readonly names: readonly Name[];
  /** What an exclusion took away of them. */
  readonly leftOut: readonly Name[];
  /** Whether a name is meant. One that nobody listed is where no word names what is meant. */
  readonly has: (name: string) => boolean;
}

/**
 * What the words of a list option leave of the names: those that one of the words fits, or all where every word has a `!`
 * before it; less those that a word with `!` fits, wherever it stands.
 * Errors: that of `unknown` for a word that fits nothing; `usage` where exclusions leave nothing.
 */
export function chooseNames<Name extends string>(
  words: readonly string[],
  { option, all, elsewhere = [], unknown }: NameList<Name>,
): Result<ChosenNames<Name>, Failure> {
  const [included, excluded] = [new Set<Name>(), new Set<Name>()];
  for (const word of words) {
    const pattern = word.replace(/^!/, '');
    const found = all.filter((name) => isMeant(name, pattern));
    const isKnown = found.length > 0 || (isExclusion(word) && anyFits(elsewhere, pattern));
    if (!isKnown) return err(unknown(pattern));
    for (const name of found) (isExclusion(word) ? excluded : included).add(name);
  }
  const isAll = words.every(isExclusion);
  const before = isAll ? all : all.filter((name) => included.has(name));
  const names = before.filter((name) => !excluded.has(name));
  if (names.length === 0 && before.length > 0) return err(nothingLeft(option, words, before));
  const meant = new Set<string>(names);
  const has = (name: string) => (isAll ? !(excluded as ReadonlySet<string>).has(name) : meant.has(name));
  return ok({ names, leftOut: before.filter((name) => excluded.has(name)), has });
}

export function isExclusion(word: string): boolean {
  return word.startsWith('!');
}

/** Whether a word means a name: it is the name, its last parts, or a glob of either. */
export function isMeant(name: string, pattern: string): boolean {
  return name === pattern || minimatch(name, `**/${pattern}`, { dot: true });
}

export function anyFits(names: Iterable<string>, pattern: string): boolean {
  return [...names].some((name) => isMeant(name, pattern));
}

function nothingLeft(option: string, words: readonly string[], before: readonly string[]): Failure {
  return {
    reason: 'usage',
    message: `${option} leaves nothing: from ${before.join(', ')} it subtracts ${words.filter(isExclusion).join(', ')}.`,
    help: 'Words with "!" subtract from what the others name, or from all where no other is given.',
  };
}
