import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as assert from 'uvu/assert';
import { docPages, fencesOf } from '../docs/pages.ts';
import { linesToTry } from '../docs/trials.ts';
import { runMain, testHost } from '../rig/host.ts';
import { repository } from '../rig/program.ts';
import { suite } from '../rig/suite.ts';

/** The lines of the documentation, and the examples of help, that need nothing but this program, as they are typed in an empty folder. */
const test = suite<{ folder: string }>('documentation');

test.before((context, defer) => {
  const folder = mkdtempSync(join(tmpdir(), 'documentation-'));
  defer(() => rmSync(folder, { recursive: true }));
  mkdirSync(join(folder, 'home'));
  // What takes a shared store has the settings that its page shows.
  const [page] = docPages().filter(({ path }) => path === 'docs/how-to/share-a-store.md');
  const settings = page && fencesOf(page).find(({ language }) => language === 'yaml');
  mkdirSync(join(folder, 'shared'));
  writeFileSync(join(folder, 'shared', 'eksd-rebuild.yaml'), settings?.text ?? '');
  context.folder = folder;
});

const lines = linesToTry('at once');

test('there are such lines of many commands', () => {
  assert.ok(lines.length > 25, String(lines.length));
  assert.ok(new Set(lines.map(([name]) => name)).size > 10);
});

for (const words of lines) {
  test(words.join(' '), async ({ folder }) => {
    const home = join(folder, 'home');
    const env = { PATH: process.env['PATH'] ?? '', HOME: home, EKSD_REBUILD_CACHE: join(folder, 'cache') };
    const cwd = words.slice(0, 2).join(' ') === 'cache policy' ? join(folder, 'shared') : folder;
    const host = testHost({ cwd, packageFolder: repository, env });
    const ran = await runMain(words, host);
    assert.is(ran.code, 0, ran.stdout.slice(-500) + ran.stderr);
    assert.ok(ran.stdout.length > 0, 'and says something');
    const output = words[words.indexOf('--output') + 1] ?? '';
    if (words.includes('--output')) assert.ok(existsSync(join(folder, output)), output);
  });
}

test.run();
