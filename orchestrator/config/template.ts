import { z } from 'zod';
import { badPlaceholders, placeholders } from './placeholders.ts';

/** A text with placeholders (`config/placeholders.ts`). */
export const template = z.string().superRefine((text, context) => {
  for (const bad of badPlaceholders(text)) {
    const known = Object.keys(placeholders).map((name) => `{${name}}`);
    context.addIssue({
      code: 'custom',
      message: `unknown placeholder ${bad}; there are ${known.join(', ')}`,
    });
  }
});
