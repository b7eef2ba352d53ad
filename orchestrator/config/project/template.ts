import { z } from 'zod';
import { badPlaceholders, placeholders } from './placeholders.ts';

/** A text with placeholders (`config/project/placeholders.ts`). */
export const template = templateWith({});

/** A text that may hold further ones, by their names. */
export function templateWith(more: Readonly<Record<string, string>>): z.ZodString {
  return z.string().superRefine((text, context) => {
    for (const bad of badPlaceholders(text, more)) {
      const known = Object.keys({ ...placeholders, ...more }).map((name) => `{${name}}`);
      context.addIssue({
        code: 'custom',
        message: `unknown placeholder ${bad}; there are ${known.join(', ')}`,
      });
    }
  });
}
