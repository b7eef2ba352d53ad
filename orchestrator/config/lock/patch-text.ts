import { whyUnsafePath } from '../../core/relative-path.ts';

/** What a patch does to one file. */
export interface PatchedFile {
  /** The names that it speaks of, without the `a/` or `b/` in front; none is `/dev/null`. */
  readonly names: readonly string[];
  /** The line in the old file where each hunk starts, from 1; 0 where the old file has none. */
  readonly hunks: readonly number[];
}

/**
 * Reads a patch as `git format-patch` writes it: text around the diffs (a mail's header and message) is passed over, and
 * so are the hunks' lines, whatever they look like.
 */
export function readPatch(text: string): readonly PatchedFile[] {
  const files: { names: Set<string>; hunks: number[] }[] = [];
  let current: { names: Set<string>; hunks: number[] } | undefined;
  const lines = text.split('\n').map((line) => line.replace(/\r$/, ''));
  const begin = () => {
    current = { names: new Set(), hunks: [] };
    files.push(current);
    return current;
  };
  for (let at = 0; at < lines.length; at++) {
    const line = lines[at] ?? '';
    const next = lines[at + 1] ?? '';
    const hunk = /^@@ -([0-9]+)(?:,([0-9]+))? \+[0-9]+(?:,([0-9]+))? @@/.exec(line);
    if (line.startsWith('diff --git ')) {
      begin();
      for (const name of gitHeaderNames(line.slice('diff --git '.length))) current?.names.add(name);
    } else if (line.startsWith('--- ') && next.startsWith('+++ ')) {
      // A plain diff has no other line that begins a file.
      const file = current === undefined || current.hunks.length > 0 ? begin() : current;
      for (const each of [line, next]) {
        const name = stripPrefix(unquoted(each.slice(4).replace(/\t.*$/, '')));
        if (name !== undefined) file.names.add(name);
      }
      at += 1;
    } else if (current !== undefined && hunk !== null) {
      current.hunks.push(Number(hunk[1]));
      at = endOfHunk(lines, at + 1, Number(hunk[2] ?? 1), Number(hunk[3] ?? 1)) - 1;
    } else {
      const renamed = /^(?:rename|copy) (?:from|to) (.+)$/.exec(line);
      if (renamed !== null) current?.names.add(unquoted(renamed[1] ?? ''));
    }
  }
  return files.map((file) => ({ names: [...file.names], hunks: file.hunks }));
}

/** Why a patch must not be applied, by its own words: a path that leaves the checkout, or lies in a git folder. */
export function whyUnsafePatch(
  files: readonly PatchedFile[],
): { readonly path: string; readonly why: string } | undefined {
  for (const path of files.flatMap((file) => file.names)) {
    const why = path.split('/').some((segment) => /^\.git$/i.test(segment))
      ? 'lies in a git folder'
      : whyUnsafePath(path);
    if (why !== undefined) return { path, why };
  }
  return undefined;
}

/** The index of the first line after a hunk's, whose counts its header gives. */
function endOfHunk(lines: readonly string[], start: number, oldCount: number, newCount: number): number {
  let [oldLeft, newLeft, at] = [oldCount, newCount, start];
  for (; at < lines.length && (oldLeft > 0 || newLeft > 0); at++) {
    const kind = lines[at]?.[0] ?? ' ';
    if (kind === '\\') continue;
    if (kind !== '+') oldLeft -= 1;
    if (kind !== '-') newLeft -= 1;
  }
  return at;
}

/** The names of `a/old b/new`; none where it cannot be told where the first ends: then other lines name the file. */
function gitHeaderNames(text: string): readonly string[] {
  const quotedNames = /^("(?:[^"\\]|\\.)*"|\S+) ("(?:[^"\\]|\\.)*"|\S+)$/.exec(text);
  if (quotedNames !== null) {
    return [quotedNames[1], quotedNames[2]].flatMap((name) => stripPrefix(unquoted(name ?? '')) ?? []);
  }
  // A name with spaces, twice: the middle is where both halves say the same.
  const half = (text.length - 1) / 2;
  const [first, second] = [stripPrefix(text.slice(0, half)), stripPrefix(text.slice(half + 1))];
  return Number.isInteger(half) && first !== undefined && first === second ? [first] : [];
}

/** Takes the first segment off, as git does; an absolute path stays one. Undefined for `/dev/null`. */
function stripPrefix(name: string): string | undefined {
  if (name === '/dev/null') return undefined;
  return name.startsWith('/') ? name : name.slice(name.indexOf('/') + 1);
}

const escapes: Readonly<Record<string, number>> = { a: 7, b: 8, t: 9, n: 10, v: 11, f: 12, r: 13 };

/** A name as git quotes it where it has unusual characters: in double quotes, bytes as in C. */
function unquoted(name: string): string {
  const inside = /^"(.*)"$/.exec(name)?.[1];
  if (inside === undefined) return name;
  const bytes: number[] = [];
  for (const [, octal, letter, plain] of inside.matchAll(/\\([0-7]{3})|\\(.)|([^\\]+)/gs)) {
    if (octal !== undefined) bytes.push(Number.parseInt(octal, 8));
    else if (letter !== undefined) bytes.push(escapes[letter] ?? letter.charCodeAt(0));
    else bytes.push(...Buffer.from(plain ?? ''));
  }
  return Buffer.from(bytes).toString('utf8');
}
