import { mkdtempSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import * as assert from 'uvu/assert';
import { digestOf } from '../../orchestrator/core/digest.ts';
import { atlasTexts } from '../../orchestrator/report/atlas/atlas.ts';
import { writeAtlas } from '../../orchestrator/run/atlas/write-atlas.ts';
import {
  atlasFile,
  atlasProject,
  atlasRelease,
  buildDigest,
  foundDigest,
  saidOf,
} from '../rig/atlas-data.ts';
import { complaintsOfAxe, look, openBrowser, overflow } from '../rig/browser.ts';
import { suite } from '../rig/suite.ts';

/** An atlas with something of everything, in a folder, in Debian's browser. */
const test = suite<{ folder: string; site: string }>('atlas in a browser');

const options = {
  stepsOf: async () => ({
    release: 'v1-30-eks-2',
    script: `go build ${'-x '.repeat(300)}\n`,
    confirmed: 'yes' as const,
  }),
  changesBetween: async () => [{ what: 'org/tool', how: ['v1.0.0 to v1.1.0'] }],
};

const hostile = `<img src=x onerror="alert(1)">\u202e\u0007 ${'0123456789'.repeat(1000)}`;

test.before(async (context, defer) => {
  await openBrowser(defer);
  const different = saidOf('different', {
    ...{ found: foundDigest, build: buildDigest },
    cause: { kind: 'link-values', text: hostile, confidence: 'high' },
  });
  const releases = [1, 2, 3].map((number) =>
    atlasRelease(number, [
      atlasProject('org/tool', [
        ...(number === 3
          ? []
          : [atlasFile('tool', { said: number === 1 ? saidOf('identical') : different })]),
        atlasFile('tool', { content: 'arm', platform: 'linux/arm64' }),
        atlasFile('a'.repeat(120), { said: saidOf('toolchain-unavailable') }),
      ]),
      atlasProject('org/other', [], { patches: [{ path: 'p', sha256: 'unavailable', subject: hostile }] }),
    ]),
  );
  context.folder = mkdtempSync(join(tmpdir(), 'atlas-'));
  context.site = join(context.folder, 'site');
  const host = { pid: process.pid, hostName: 'here', signal: new AbortController().signal, build: undefined };
  const written = await writeAtlas(await atlasTexts(releases, options), context.site, 'site', host);
  assert.ok(written.ok);
});

test.after(({ folder }) => rmSync(folder, { recursive: true, force: true }));

const pages = [
  ...['index', 'branch/1-30', 'release/v1-30-eks-2', 'project/org/tool', 'sha256/index'],
  ...[
    `build/${buildDigest.slice(0, 20)}`,
    'cause/different/link-values',
    `sha256/${foundDigest.slice(0, 2)}`,
  ],
];

for (const [width, colorScheme] of [
  [1440, 'light'],
  [1440, 'dark'],
  [360, 'light'],
  [360, 'dark'],
] as const) {
  test(`${width} pixels, ${colorScheme}: every kind of page is quiet, as wide as the window, and readable`, async ({
    site,
  }) => {
    await look(join(site, 'index.html'), { width, colorScheme, within: site }, async (page) => {
      for (const place of pages) {
        await page.goto(pathToFileURL(join(site, `${place}.html`)).href);
        await page.evaluate("for (const each of document.querySelectorAll('details')) each.open = true");
        assert.is(await page.evaluate(overflow), 0, place);
        assert.equal(await complaintsOfAxe(page), [], place);
        const ground = await page.evaluate<string>('getComputedStyle(document.body).backgroundColor');
        assert.is(ground === 'rgb(255, 255, 255)', colorScheme === 'light', 'the style sheet counts');
      }
    });
  });
}

test('a SHA-256 is typed, and leads to what has it', async ({ site }) => {
  const published = digestOf('tool');
  await look(join(site, 'index.html'), { width: 1440, colorScheme: 'light', within: site }, async (page) => {
    await page.getByLabel('SHA-256').fill(` sha256:${published.toUpperCase()} `);
    await page.keyboard.press('Enter');
    await page.waitForURL(`**/sha256/${published.slice(0, 2)}.html#${published.slice(0, 20)}`);
    await page.locator('output', { hasText: 'Found' }).waitFor();
    const marked = page.locator('article:target');
    assert.match(
      (await marked.textContent()) ?? '',
      /tool for linux\/amd64, of org\/tool v1\.0\.0, as published/,
    );
    await page.getByLabel('SHA-256').fill('nonsense');
    await page.keyboard.press('Enter');
    await page.locator('output', { hasText: 'has 64 digits' }).waitFor();
  });
});

test('what only begins as a known SHA-256 is not found, and stands in the field as it was asked for', async ({
  site,
}) => {
  const known = digestOf('tool');
  const other = known.slice(0, 20) + '0'.repeat(44);
  const page = join(site, 'sha256', `${known.slice(0, 2)}.html`);
  await look(page, { width: 1440, colorScheme: 'light', within: site }, async (page) => {
    const field = page.getByLabel('SHA-256');
    const said = async (words: string) => {
      await page.locator('output', { hasText: words }).waitFor();
      return field.inputValue();
    };
    for (const start of [page.url(), `${page.url().split('#')[0]}#${known.slice(0, 20)}`]) {
      await page.goto(start);
      await field.fill(other);
      await page.keyboard.press('Enter');
      assert.is(await said('No release here names this file'), other);
      assert.is(await page.locator('article:target').count(), 0);
    }
    await field.fill(known);
    await page.keyboard.press('Enter');
    assert.is(await said('Found'), known);
    await page.goto(`${page.url().split('#')[0]}#${other}`);
    assert.is(await said('No release here names this file'), other);
    await page.goto(`${page.url().split('#')[0]}#${known.slice(0, 20)}`);
    assert.is(await said('Found'), known);
  });
});

test('a file that a browser cannot hold in memory is said to be too large, and what else hashes it', async ({
  folder,
  site,
}) => {
  const file = join(folder, 'large');
  writeFileSync(file, '');
  truncateSync(file, 3 * 2 ** 30);
  await look(join(site, 'index.html'), { width: 1440, colorScheme: 'light', within: site }, async (page) => {
    await page.locator('input[type=file]').setInputFiles(file);
    await page.locator('output', { hasText: 'too large for this browser. "sha256sum"' }).waitFor();
  });
});

test('on paper nothing is folded, and nothing is wider than it', async ({ site }) => {
  await look(join(site, 'index.html'), { width: 720, colorScheme: 'light', within: site }, async (page) => {
    let folded = 0;
    for (const place of pages) {
      await page.emulateMedia({ media: 'screen' });
      await page.goto(pathToFileURL(join(site, `${place}.html`)).href);
      const inside = page.locator('details:not([open]) > :not(summary)');
      const count = await inside.count();
      folded += count;
      await page.emulateMedia({ media: 'print' });
      for (let at = 0; at < count; at += 1) assert.ok(await inside.nth(at).isVisible(), `${place}, ${at}`);
      assert.is(await page.evaluate(overflow), 0, place);
    }
    assert.ok(folded > 3, `${folded}`);
  });
});

test('a file is chosen or dropped, and hashed without leaving the machine', async ({ folder, site }) => {
  const file = join(folder, 'built');
  writeFileSync(file, 'what was built');
  await look(join(site, 'index.html'), { width: 1440, colorScheme: 'light', within: site }, async (page) => {
    await page.locator('input[type=file]').setInputFiles(file);
    await page.waitForURL(`**#${foundDigest.slice(0, 20)}`);
    assert.match(
      (await page.locator('article:target').textContent()) ?? '',
      'as built, which is not what was published',
    );
    await page.evaluate(`{
      const data = new DataTransfer();
      data.items.add(new File(['nobody has this'], 'strange'));
      document.body.dispatchEvent(new DragEvent('drop', { dataTransfer: data, bubbles: true, cancelable: true }));
    }`);
    const strange = digestOf('nobody has this');
    await page.waitForURL(`**/sha256/${strange.slice(0, 2)}.html#${strange}`);
    await page.locator('output', { hasText: 'No release here names this file' }).waitFor();
  });
});

test('without scripts all can be read and reached, and the first digits lead to a file', async ({ site }) => {
  const given = { width: 1440, colorScheme: 'light', within: site, javaScriptEnabled: false } as const;
  await look(join(site, 'index.html'), given, async (page) => {
    assert.is(await page.locator('#search').isVisible(), false);
    await page.getByRole('link', { name: 'its first two digits lead to it' }).click();
    await page.getByRole('link', { name: foundDigest.slice(0, 2), exact: true }).click();
    assert.is(await page.locator(`[id="${foundDigest.slice(0, 20)}"]`).isVisible(), true);
  });
});

test.run();
