import { z } from 'zod';
import { stampName, type WrongWord, wrongBuildFlags, wrongLinkerFlags } from './go-flags.ts';
import { template } from './template.ts';

/** A list of flags whose every word is looked at. */
function flagsThat(wrongIn: (words: readonly string[]) => readonly WrongWord[]) {
  return z.array(z.string().max(4096)).superRefine((words, context) => {
    for (const { index, why } of wrongIn(words)) {
      context.addIssue({ code: 'custom', message: why, path: [index] });
    }
  });
}

/** Words of `go build` before its packages. */
export const goBuildFlags = flagsThat(wrongBuildFlags);

/** Words of `-ldflags`, with one blank between two: an empty one at the end is a blank there, which some programs hold. */
export const goLinkerFlags = flagsThat((words) =>
  wrongLinkerFlags(words.at(-1) === '' ? words.slice(0, -1) : words),
);

export const stampVariable = z
  .string()
  .regex(stampName, 'expected a variable of a package, such as main.version');

/** Values of `-X`, by name. The linker takes them for one word each: white space would begin a flag. */
export const stamps = z.record(
  stampVariable,
  template.refine((text) => !/[\s\p{Cc}]/u.test(text), 'a value of -X is one word, without white space'),
);
