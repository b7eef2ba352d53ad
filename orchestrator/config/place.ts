import { z } from 'zod';

/** How a text of a settings file names a place, where a relative one is meant from the folder of that file. */
export type PlaceKind =
  | 'path'
  /** A path unless it is a URL. */
  | 'path-or-url'
  /** A path where it begins with `./` or `../`, else a URL or a registry's image: repositories, what mirrors stand for. */
  | 'dotted-path'
  /** The path of a file with JSON, or that JSON itself. */
  | 'path-or-json'
  /** BuildKit's option for a cache (`type=local,dest=cache`): of a cache in a folder, that folder. */
  | 'buildkit-cache';

/** The schemas that are places. A registry of our own: what is in zod's global one stands in the JSON Schemas. */
const kinds = z.registry<{ readonly kind: PlaceKind }>();

/** A text that names a place. What the system ends a name at, or a terminal obeys, is in none; JSON may have lines. */
export function place(kind: PlaceKind): z.ZodString {
  const isPlain = (text: string) => !/\p{Cc}/u.test(text) || (kind === 'path-or-json' && /^\s*\{/.test(text));
  return z
    .string()
    .min(1)
    .max(65_536)
    .refine(isPlain, 'a control character is in no path')
    .register(kinds, { kind });
}

/** A file: its path, or where it is fetched from. */
export const fileOrUrl = place('path-or-url').refine(
  (text) => !/^[a-z][a-z0-9+.-]*:\/\//i.test(text) || /^(https?|file):/i.test(text),
  'expected a path, or an http, https or file URL',
);

/** Undefined for a schema that is no place. */
export function placeKindOf(schema: z.core.$ZodType): PlaceKind | undefined {
  return kinds.get(schema)?.kind;
}
