import type { z } from 'zod';
import { partPlace } from '../../core/credentials.ts';

/** Texts that name no place. */
const free: ReadonlySet<string> = new Set(['tags', 'lifecyclePolicy', 'repositoryPolicy']);

/**
 * Complains of every text of the settings that has a secret where nothing takes it from, or is an http URL that nobody can ask.
 * Whatever a setting is for: what is passed on as it stands would show in the argv of a program, or in a message.
 */
export function checkPlaces(settings: unknown, context: z.core.$RefinementCtx): void {
  const walk = (value: unknown, path: readonly PropertyKey[]): void => {
    if (typeof value === 'string') {
      const why = whyNoPlace(value);
      if (why !== undefined) context.addIssue({ code: 'custom', path: [...path], message: why });
    } else if (typeof value === 'object' && value !== null) {
      for (const [name, member] of Object.entries(value)) {
        if (free.has(name)) continue;
        // What a mirror stands for is the beginning of a place.
        if (partPlace(name).isMisplaced)
          context.addIssue({ code: 'custom', path: [...path, name], message: misplaced });
        walk(member, [...path, name]);
      }
    }
  };
  walk(settings, []);
}

const misplaced =
  'holds a password where nothing has a place for one: http and https take one before the host, ssh asks its agent, docker login keeps those of registries';

function whyNoPlace(text: string): string | undefined {
  if (partPlace(text).isMisplaced) return misplaced;
  if (!/^https?:/i.test(text)) return undefined;
  const filled = text.replace(/\{[a-z]+\}/g, 'x');
  const isUrl = /^https?:\/\/[^/?#\s]/i.test(filled) && URL.canParse(filled);
  return isUrl ? undefined : 'expected a URL with a host, such as https://example.com/path';
}
