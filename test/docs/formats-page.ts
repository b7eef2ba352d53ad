import { readFileSync } from 'node:fs';
import { schemas } from '../../orchestrator/commands/schema/schemas.ts';
import { escaped } from './escaped.ts';

/** docs/reference/formats.md: the JSON schemas that `schema` prints. */
export function formatsPage(root: URL): string {
  const rows = Object.entries(schemas).map(([name, path]) => {
    const { title, description = '' } = JSON.parse(readFileSync(new URL(path, root), 'utf8'));
    return `| \`${name}\` | ${escaped([title, description].filter(Boolean).join('. '))} | [${path}](../../${path}) |\n`;
  });
  return `# Formats

Files that the program reads or writes, and what it prints with \`--json\`, have JSON schemas (draft 2020-12). A \`schema\` number in a file is
raised when a member changes its meaning; [changes](../../CHANGELOG.md) say so.

\`\`\`sh
eksd-rebuild schema
eksd-rebuild schema report > report.schema.json
\`\`\`

| \`schema\` | what it describes | in this repository |
| --- | --- | --- |
${rows.join('')}`;
}
