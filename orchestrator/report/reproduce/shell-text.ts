import { shellQuote } from '../../core/shell-quote.ts';

/** What a script calls the folders that records have names for: `$SCRATCH` → `"$work"/build`. A value is shell, as it is. */
export type Places = ReadonlyMap<string, string>;

/** A recorded word as a word of a script: names of folders become the script's own, all else is quoted. */
export function scriptWord(text: string, places: Places): string {
  // No name is without one: what most words are needs no search.
  if (!text.includes('$')) return shellQuote(text);
  const names = [...places.keys()].sort((a, b) => b.length - a.length);
  let word = '';
  for (let rest = text; rest !== ''; ) {
    const next = names
      .map((name) => ({ name, at: rest.indexOf(name) }))
      .filter(({ at }) => at >= 0)
      .sort((a, b) => a.at - b.at)[0];
    const plain = rest.slice(0, next?.at ?? rest.length);
    if (plain !== '') word += shellQuote(plain);
    if (next === undefined) break;
    word += places.get(next.name) ?? '';
    rest = rest.slice(next.at + next.name.length);
  }
  return word;
}

/** Variables in order, `NAME=value`, each a word of a script. */
export function assignments(env: Readonly<Record<string, string>>, places: Places): readonly string[] {
  return Object.entries(env).map(([name, value]) => `${name}=${scriptWord(value, places)}`);
}

/** A command over as many lines as it needs. @param parts shell, as it is, of which none is broken. */
export function continued(parts: readonly string[], indent = ''): string {
  const lines: string[] = [];
  for (const part of parts) {
    const line = lines.at(-1);
    if (line !== undefined && line.length + 1 + part.length <= lineWidth)
      lines[lines.length - 1] = `${line} ${part}`;
    else lines.push((line === undefined ? indent : `${indent}  `) + part);
  }
  return lines.join(' \\\n');
}

const lineWidth = 100;

/** What `env` has beside `base`, or otherwise; undefined where it lacks something of it. */
export function beyond(
  env: Readonly<Record<string, string>>,
  base: Readonly<Record<string, string>>,
): Record<string, string> | undefined {
  if (Object.keys(base).some((name) => !(name in env))) return undefined;
  return Object.fromEntries(Object.entries(env).filter(([name, value]) => base[name] !== value));
}

/** A text on one line of a comment, whatever is in it. */
export function comment(text: string): string {
  return `# ${text.replace(/\s+/g, ' ')}`;
}

/**
 * Lines that make the folder in which a script works, and leave it in `$work`: the one that is given, which must not be there yet, since what
 * a script takes away in it is not its user's; or a new one. @param at which argument of the script gives it.
 */
export function folderLines(at: number): readonly string[] {
  return [
    `if [ $# -ge ${at} ]; then`,
    `  mkdir -- "$${at}"`,
    `  work=$${at}`,
    'else',
    '  work=$(mktemp -d)',
    'fi',
    'work=$(unset CDPATH; cd -- "$work" && pwd)',
    'printf "Working in %s\\n" "$work"',
  ];
}
