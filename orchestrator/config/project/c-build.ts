import { z } from 'zod';
import { path, programName } from '../fields.ts';
import { condition } from './condition.ts';
import { imageTagPlaceholder } from './placeholders.ts';

const flag = z.string().superRefine((text, context) => {
  const complain = (message: string): void => context.addIssue({ code: 'custom', message });
  if (!/^-[A-Za-z]/.test(text)) complain('expected a flag of gcc, such as -static');
  // A compiler reads and writes nothing but what the task names.
  if (/^-(o|c|S|E|x|B|I|L|M|include|isystem|specs|save-temps|wrapper)/.test(text))
    complain(`${text} is not for a recipe: it says what is read or written`);
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
