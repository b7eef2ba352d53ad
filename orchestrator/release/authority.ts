import type { Authority } from '../config/lock/lock.ts';

/** A makefile's text, and where it stands. */
export interface Makefile {
  readonly path: string;
  readonly text: string;
}

/** How far a CHECKSUMS file can be trusted, and the line that says so where it is not `built`. */
export interface FoundAuthority {
  readonly authority: Exclude<Authority, 'absent'>;
  readonly because: string | undefined;
}

/**
 * Reads it off the two variables of upstream's makefiles (their defaults stand in Common.mk): with
 * `BUILD_ARTIFACTS=false` binaries were copied from elsewhere, with `SKIP_CHECKSUM_VALIDATION=true` they were built and
 * not compared.
 * @param makefiles in the order in which make reads them: the project's, then the branch's `Overrides.mk`.
 */
export function authorityOf(makefiles: readonly Makefile[]): FoundAuthority {
  const built = lastValue(makefiles, 'BUILD_ARTIFACTS');
  if (built?.value === 'false') return { authority: 'copied', because: built.place };
  const skipped = lastValue(makefiles, 'SKIP_CHECKSUM_VALIDATION');
  if (skipped?.value === 'true') return { authority: 'unchecked', because: skipped.place };
  return { authority: 'built', because: undefined };
}

/** The value that a variable has in the end: `?=` counts only where nothing stood before. */
function lastValue(
  makefiles: readonly Makefile[],
  name: string,
): { readonly value: string; readonly place: string } | undefined {
  let last: { readonly value: string; readonly place: string } | undefined;
  for (const { path, text } of makefiles) {
    for (const [index, line] of text.split('\n').entries()) {
      const [, variable, operator, value = ''] =
        /^([A-Z_]+)[ \t]*(\?|:{0,3})=[ \t]*(\S*)[ \t]*$/.exec(line) ?? [];
      if (variable !== name || (operator === '?' && last !== undefined)) continue;
      last = { value, place: `${path}:${index + 1}` };
    }
  }
  return last;
}
