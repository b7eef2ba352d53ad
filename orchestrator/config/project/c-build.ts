import { z } from 'zod';
import { path, programName } from '../fields.ts';
import { condition } from './condition.ts';
import { imageTagPlaceholder } from './placeholders.ts';

/** What changes the program alone: a compiler reads, writes and runs nothing but what the task names. */
const kept =
  /^-(O[0-3sgz]?|g[0-3]?|s|pipe|pthread|static|static-pie|no-pie|nostdlib|nostartfiles|ansi|std=[a-z0-9:+]+|W[a-z][a-z0-9+=-]*|m[a-z0-9][a-z0-9.+=_-]*|f(?!plugin|dump|profile|auto-profile|use-ld|module)[a-z][A-Za-z0-9_.+=-]*|[DU][A-Za-z_][A-Za-z0-9_]*(=[^\s\p{Cc}]*)?|l[A-Za-z0-9_+.-]+|Wl,-z,[a-z-]+|Wl,--build-id=(none|sha1|0x[0-9a-f]+))$/u;

const flag = z.string().superRefine((text, context) => {
  const complain = (message: string): void => context.addIssue({ code: 'custom', message });
  if (!/^-[A-Za-z]/.test(text)) complain('expected a flag of gcc, such as -static');
  else if (!kept.test(text.replaceAll(imageTagPlaceholder, 'x')))
    complain(`${text} is not for a recipe: it says what is read, written or run`);
  const bad = text.replaceAll(imageTagPlaceholder, '').match(/[{}]/);
  if (bad !== null) complain(`unknown placeholder; there is ${imageTagPlaceholder}`);
});

/** A program in C, of one file of the patched checkout, compiled for an image that holds it. */
export const cBuild = z.strictObject({
  when: condition.optional(),
  /** Its file's name; images name it among their programs. */
  program: programName,
  /** The source, below the checkout. */
  source: path,
  /** Flags of gcc, in order; may hold `{image.tag}`. */
  flags: z.array(flag).default([]),
});
export type ProjectCBuild = z.infer<typeof cBuild>;
