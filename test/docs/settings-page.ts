import { stringify } from 'yaml';
import { escaped } from './escaped.ts';

/** What of the settings' JSON Schema says something to people. */
export interface SettingsSchema {
  readonly description?: string;
  readonly examples?: readonly unknown[];
  readonly properties?: Readonly<Record<string, SettingsSchema>>;
  readonly additionalProperties?: SettingsSchema | false;
}

interface Row {
  readonly key: string;
  readonly meaning: string;
}

/** A name for each record whose members are described one by one. */
const names: Readonly<Record<string, string>> = {
  'toolchains.versions': '1.18.7',
  registries: 'mirror.example.com',
  distributions: 'al2',
};

/**
 * docs/reference/settings.md: a section for each key at the top, with an example that the program's own reader takes, and what each key
 * below it means. @throws for a key that says nothing of itself, or has no example.
 */
export function settingsPage(schema: SettingsSchema): string {
  const sections = Object.entries(schema.properties ?? {}).map(([key, each]) => {
    const rows: Row[] = [];
    const example = { [key]: exampleOf(each, key, rows) };
    const table = rows.map(({ key, meaning }) => `| \`${key}\` | ${meaning} |\n`);
    const yaml = stringify(example, { lineWidth: 110, schema: 'failsafe' });
    return [
      `## ${key}\n\n${described(each, key)}\n`,
      `\n\`\`\`yaml\n# eksd-rebuild.yaml\n${yaml}\`\`\`\n`,
      table.length === 0 ? '' : `\n| key | meaning |\n| --- | --- |\n${table.join('')}`,
    ].join('');
  });
  return `# Settings

All are optional. [How settings are read](settings-files.md) says from where, and in which order. \`eksd-rebuild schema settings\` prints the JSON
Schema that this page is made of, [for an editor](../how-to/shell-and-editor.md#schemas).

${sections.join('\n')}`;
}

function exampleOf(schema: SettingsSchema, place: string, rows: Row[]): unknown {
  const { examples, properties, additionalProperties } = schema;
  const name = names[place];
  if (examples !== undefined) return examples[0];
  if (properties !== undefined) return membersOf(properties, place, rows);
  if (additionalProperties && name !== undefined) {
    const path = `${place}.<${name}>`;
    return { [name]: exampleOf(additionalProperties, path, rows) };
  }
  throw new Error(`${place} has no example`);
}

function membersOf(properties: Readonly<Record<string, SettingsSchema>>, place: string, rows: Row[]) {
  return Object.fromEntries(
    Object.entries(properties).map(([key, each]) => {
      const path = `${place}.${key}`;
      const below = path
        .split('.')
        .slice(1)
        .join('.')
        .replace(/^<[^>]*>\./, '');
      rows.push({ key: below, meaning: described(each, path) });
      return [key, exampleOf(each, path, rows)];
    }),
  );
}

function described({ description }: SettingsSchema, place: string): string {
  if (description === undefined) throw new Error(`${place} does not say what it is`);
  return escaped(description);
}
