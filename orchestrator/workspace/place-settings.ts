import { resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { isMap, memberOf, type Schema, schemaFor } from '../config/members.ts';
import { type PlaceKind, placeKindOf } from '../config/place.ts';
import { type Settings, settingsSchema } from '../config/settings/settings.ts';

/** Relative places in a settings file are relative to it; the schema says which texts are places. */
export function placeSettings(settings: Settings, folder: string): Settings {
  const placed = (schema: Schema | undefined, value: unknown): unknown => {
    if (schema === undefined) return value;
    const known = schemaFor(schema, value);
    if (Array.isArray(value)) return value.map((each) => placed(memberOf(known, ''), each));
    if (isMap(value)) {
      return Object.fromEntries(
        Object.entries(value).map(([name, member]) => [name, placed(memberOf(known, name), member)]),
      );
    }
    const kind = placeKindOf(known);
    return kind === undefined || typeof value !== 'string' ? value : places[kind](value, folder);
  };
  return placed(settingsSchema, settings) as Settings;
}

const places: Readonly<Record<PlaceKind, (text: string, folder: string) => string>> = {
  path: (text, folder) => resolve(folder, text),
  'path-or-url': placePathOrUrl,
  // A mirror stands for the beginning of a URL: the slash at its end counts.
  'dotted-path': (text, folder) =>
    /^\.{1,2}\//.test(text) ? `${resolve(folder, text)}${text.endsWith('/') ? '/' : ''}` : text,
  'path-or-json': (text, folder) => (text.trimStart().startsWith('{') ? text : resolve(folder, text)),
  'buildkit-cache': placeCache,
};

function placePathOrUrl(text: string, folder: string): string {
  if (!/^[a-z][a-z0-9+.-]*:\/\//i.test(text)) return resolve(folder, text);
  try {
    return /^file:/i.test(text) ? fileURLToPath(text) : text;
  } catch {
    // Of another machine, say: whoever reads it finds nothing there.
    return text;
  }
}

/** Of a cache in a folder (`type=local,dest=cache`) the folder; fields as the CSV that BuildKit's programs read. */
function placeCache(option: string, folder: string): string {
  const fields: readonly string[] = option.match(/"(?:[^"]|"")*"|[^,]+/g) ?? [];
  if (!fields.includes('type=local')) return option;
  return fields
    .map((field) => {
      const isQuoted = field.startsWith('"');
      const text = isQuoted ? field.slice(1, -1) : field;
      const [, name, path = ''] = /^(src|dest)=(.+)$/s.exec(text) ?? [];
      if (name === undefined) return field;
      const placed = `${name}=${resolve(folder, path)}`;
      return isQuoted || placed.includes(',') ? `"${placed}"` : placed;
    })
    .join(',');
}
