import { byCodeUnit } from '../../core/canonical-json.ts';

/** The sums of all files, as `sha256sum -c` takes them: they say which files are the atlas's. */
export const sumsFile = 'SHA256SUMS';

/** What stands for what its pages are made of, and the program that made them: a line each, as in `sumsFile`. */
export const inputsFile = 'INPUTS';

/** A line each, `<value>  <path>`, in code-unit order of the paths. */
export function linesOf(values: ReadonlyMap<string, string>): string {
  return [...values]
    .sort(([a], [b]) => byCodeUnit(a, b))
    .map(([path, value]) => `${value}  ${path}\n`)
    .join('');
}

/** The way back; what is no such line is none. */
export function readLines(text: string): ReadonlyMap<string, string> {
  return new Map(
    text.split('\n').flatMap((line) => {
      const [, value, path] = /^([0-9a-f]{1,64}) {2}(.+)$/.exec(line) ?? [];
      return value === undefined || path === undefined ? [] : [[path, value] as const];
    }),
  );
}
