import { isMap, isSection, memberOf, type Schema, schemaFor } from '../members.ts';
import { type Settings, settingsSchema } from './settings.ts';

/**
 * Settings of two files as one, by the schema: members of sections are joined by name, at any depth (`isSection`); whatever else
 * both have (a text, a number, a list, an object that is one value) is the later file's.
 */
export function mergeSettings<Given extends Settings>(earlier: Given, later: Settings): Given {
  return merge(settingsSchema, earlier, later) as Given;
}

function merge(schema: Schema | undefined, earlier: unknown, later: unknown): unknown {
  if (later === undefined) return earlier;
  const known = schema && schemaFor(schema, later);
  if (known === undefined || !isSection(known) || !isMap(earlier) || !isMap(later)) return later;
  const names = new Set([...Object.keys(earlier), ...Object.keys(later)]);
  return Object.fromEntries(
    [...names].map((name) => [name, merge(memberOf(known, name), own(earlier, name), own(later, name))]),
  );
}

/** A record may have any name: `constructor` too, which every object inherits. */
function own(value: Readonly<Record<string, unknown>>, name: string): unknown {
  return Object.hasOwn(value, name) ? value[name] : undefined;
}
