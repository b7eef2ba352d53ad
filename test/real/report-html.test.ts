import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as assert from 'uvu/assert';
import { complaintsOfAxe, look, openBrowser, overflow } from '../rig/browser.ts';
import { onGo } from '../rig/fake-go.ts';
import { suite } from '../rig/suite.ts';
import { publish, warmWorld } from '../rig/world.ts';
import { kitPins, toolPins } from '../rig/world-content.ts';

/** The page of a run in which two files differ and two could not be built, in Debian's browser. */
const test = suite<{ file: string }>('report.html');

const release = 'v1-30-eks-7';

test.before(async (context, defer) => {
  await openBrowser(defer);
  const world = await warmWorld();
  await publish(world, 7, { ...toolPins({ source: 'package main\n\n// three\n' }), ...kitPins() });
  await world.run(['import', release]);
  const words = 'cmd/main.go:3:1: undefined: x';
  onGo(world.folder, 'build', `if [ $GOOS = windows ]; then echo '${words}' >&2; exit 1; fi`);
  const ran = await world.run(['verify', release, '--fresh', '--report', 'here/result.json']);
  assert.is(ran.code, 3, ran.stderr);
  context.file = join(world.root, 'here', 'result.html');
  assert.match(readFileSync(context.file, 'utf8'), 'undefined: x');
});

const openAll = `for (const each of document.querySelectorAll('details')) each.open = true`;

for (const width of [1440, 360]) {
  for (const colorScheme of ['light', 'dark'] as const) {
    test(`${width} pixels, ${colorScheme}: quiet, as wide as the window, and readable`, async ({ file }) => {
      await look(file, { width, colorScheme }, async (page) => {
        assert.is(await page.evaluate(overflow), 0);
        await page.evaluate(openAll);
        assert.is(await page.evaluate(overflow), 0, 'with all of it open');
        assert.equal(await complaintsOfAxe(page), []);
        const ground = await page.evaluate<string>('getComputedStyle(document.body).backgroundColor');
        assert.is(ground === 'rgb(255, 255, 255)', colorScheme === 'light');
      });
    });
  }
}

/** Every file that can be seen to be open or folded: `different tool open`. */
const states = `[...document.querySelectorAll('.file')].map((each) =>
  [each.dataset.verdict, each.querySelector('.name').textContent, each.open ? 'open' : 'folded'].join(' '))`;

const expected = [
  'not-built bare folded',
  'identical hammer folded',
  'identical saw folded',
  'build-failed hammer.exe open',
  'build-failed saw.exe open',
  'different tool open',
  'different tool open',
];

test('failures are open and all else is folded, without JavaScript, too, where no filter shows', async ({
  file,
}) => {
  for (const javaScriptEnabled of [true, false]) {
    await look(file, { width: 1280, colorScheme: 'light', javaScriptEnabled }, async (page) => {
      const isShown = await page.locator('#filter').isVisible();
      assert.is(isShown, javaScriptEnabled);
      assert.equal(
        await page.locator('.file .script').filter({ visible: true }).count(),
        await page.locator('.file[open] .script').count(),
      );
      assert.is(await page.locator('.file[open]').count(), 4);
      if (javaScriptEnabled) assert.equal(await page.evaluate(states), expected);
    });
  }
});

test('environments do not dominate: one folded line, which the link of a command opens', async ({ file }) => {
  await look(file, { width: 1280, colorScheme: 'light' }, async (page) => {
    const all = page.locator('.environment');
    assert.ok((await all.count()) > 5);
    assert.is(await all.filter({ visible: true }).count(), 0);
    const text = await page.evaluate<string>("document.querySelector('main').innerText");
    assert.match(text, /\nEnvironments \d+ environments of commands/);
    assert.not.match(text, /environment \d/);
    await page.evaluate(`location.hash = document.querySelector('.commands a[href^="#environment-"]').hash`);
    await page.locator('.environment:target[open]').waitFor();
    assert.is(await all.filter({ visible: true }).count(), await all.count());
  });
});

test('the filter leaves what fits, by text, verdict, project and platform, and says how many', async ({
  file,
}) => {
  await look(file, { width: 1280, colorScheme: 'light' }, async (page) => {
    const shown = async () => [
      await page.locator('.file:visible .name').allTextContents(),
      await page.locator('#filter output').textContent(),
    ];
    await page.getByLabel('Text').fill('HAMMER linux');
    assert.equal(await shown(), [['hammer'], '1 of 7 files']);
    await page.getByRole('button', { name: 'Clear' }).click();
    await page.getByLabel('Verdict').selectOption('build-failed');
    assert.equal(await shown(), [['hammer.exe', 'saw.exe'], '2 of 7 files']);
    await page.getByLabel('Platform').selectOption('linux/amd64');
    assert.equal(await shown(), [[], '0 of 7 files']);
    await page.getByLabel('Verdict').selectOption('');
    await page.getByLabel('Project').selectOption('org/tool');
    assert.equal(await shown(), [['tool'], '1 of 7 files']);
    await page.getByRole('button', { name: 'Clear' }).click();
    await page.locator('#filter output', { hasText: /^7 files$/ }).waitFor();
    assert.equal(await page.evaluate(states), expected);
  });
});

test('a link opens what it leads to, by keyboard, too; a script is copied whole', async ({ file }) => {
  await look(file, { width: 1280, colorScheme: 'light' }, async (page) => {
    const task = page.locator('.task', { hasText: 'linux/arm64' }).last();
    assert.is(await task.getAttribute('open'), null);
    await page.getByRole('link', { name: 'go-build org/tool linux/arm64' }).first().press('Enter');
    await page.locator('.task:target[open]').waitFor();
    const script = page.locator('.file[open] .script').first();
    await script.locator('summary').focus();
    await page.keyboard.press('Enter');
    const text = (await script.locator('pre').textContent()) ?? '';
    assert.match(text, /^#!\/bin\/sh\n[\s\S]*sha256sum -c/);
    await page.context().grantPermissions(['clipboard-read', 'clipboard-write']);
    await script.getByRole('button', { name: 'Copy' }).click();
    await script.getByRole('button', { name: 'Copied' }).waitFor();
    assert.is(await page.evaluate('navigator.clipboard.readText()'), text);
  });
});

/** What a reader of the page goes by: headings, landmarks and tables with their captions, in order. */
const structure = `[...document.querySelectorAll('header, main, footer, search, h1, h2, caption')].map((each) =>
  each.tagName.toLowerCase() + (/^H[12]|CAPTION/.test(each.tagName) ? ' ' + each.innerText : ''))`;

test('the page has the same landmarks, headings and tables at any width, what to do before all else', async ({
  file,
}) => {
  for (const width of [1440, 360]) {
    await look(file, { width, colorScheme: 'light' }, async (page) => {
      const found = await page.evaluate<readonly string[]>(structure);
      assert.equal(found, [
        ...['header', `h1 ${release}`, 'main', 'h2 Totals', 'h2 What to do next', 'h2 Counts'],
        ...['caption By project', 'caption By platform', 'h2 What to know', 'h2 How the run went'],
        ...['caption What its end waited for, one after another', 'caption All that was done'],
        ...['h2 Files', 'search', 'h2 Environments', 'footer'],
      ]);
    });
  }
});

test('what to do stands at the top, gravest first, each line to be copied, and leads to the cause', async ({
  file,
}) => {
  await look(file, { width: 1440, colorScheme: 'light' }, async (page) => {
    const steps = page.locator('.next > li');
    // What this machine's sandbox lacks comes last, where it lacks anything.
    assert.equal((await steps.locator('strong').allTextContents()).slice(0, 3), [
      'Build failed: 2 files not built.',
      'Different: 2 files of org/tool.',
      'Not built yet: 1 file of org/bare.',
    ]);
    const first = steps.first();
    assert.match((await first.textContent()) ?? '', 'undefined: x');
    const again = `eksd-rebuild verify ${release} --project org/kit --platform windows/amd64`;
    // A part of what this run was leaves its report alone.
    const line = `${again} --report part.json`;
    assert.equal(await first.locator('pre').allTextContents(), [line]);
    await page.context().grantPermissions(['clipboard-read', 'clipboard-write']);
    await first.getByRole('button', { name: 'Copy' }).click();
    await first.getByRole('button', { name: 'Copied' }).waitFor();
    assert.is(await page.evaluate('navigator.clipboard.readText()'), line);
    await first.getByRole('link', { name: 'Which, and why' }).click();
    await page.locator('.cause:target', { hasText: 'undefined: x' }).waitFor();
  });
});

test('in print what is folded is there, but for what would be a book, which says that it is folded', async ({
  file,
}) => {
  await look(file, { width: 1280, colorScheme: 'light' }, async (page) => {
    const folded = page.locator('.project:not([open])').first();
    const name = folded.locator('.file .name').first();
    assert.not(await name.isVisible());
    await page.emulateMedia({ media: 'print' });
    assert.ok(await name.isVisible());
    assert.not(await folded.locator('.file:not([open]) dl').first().isVisible());
    const after = `getComputedStyle(document.querySelector('.file:not([open]) > summary .verdict'), '::after').content`;
    assert.is(await page.evaluate(after), '" (folded)"');
    assert.is(await page.evaluate(overflow), 0);
  });
});

test('whoever hears the page has every time of the picture in words', async ({ file }) => {
  await look(file, { width: 360, colorScheme: 'dark' }, async (page) => {
    const table = page.getByRole('table', { name: 'All that was done' });
    const rows = await table.getByRole('row').allInnerTexts();
    assert.ok(rows.length > 3, String(rows.length));
    const [, failed = ''] = [rows[0], rows.find((row) => row.includes('windows/amd64'))];
    assert.match(failed, /failed\s+from \S+.*, took \S+/);
    assert.match((await table.ariaSnapshot()).slice(0, 3000), /from \S+.*took/);
    assert.is(await table.locator('svg:not([aria-hidden="true"])').count(), 0);
    assert.is(await table.locator('svg .failed').count(), 1);
  });
});

test.run();
