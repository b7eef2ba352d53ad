import { readFileSync, writeFileSync } from 'node:fs';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { commandsPage } from './commands-page.ts';
import { formatsPage } from './formats-page.ts';
import { settingsPage } from './settings-page.ts';

const root = new URL('../../', import.meta.url);
const settings = 'orchestrator/config/settings.schema.json';

const pages: readonly (readonly [name: string, make: () => string])[] = [
  ['commands', commandsPage],
  ['settings', () => settingsPage(JSON.parse(readFileSync(new URL(settings, root), 'utf8')))],
  ['formats', () => formatsPage(root)],
];

for (const [name, make] of pages) {
  test(`docs/reference/${name}.md says what the program has`, () => {
    const text = make();
    const path = new URL(`docs/reference/${name}.md`, root);
    if (process.env['UPDATE'] === '1') writeFileSync(path, text);
    assert.fixture(readFileSync(path, 'utf8'), text, 'run "npm run docs" to write it anew');
  });
}

test.run();
