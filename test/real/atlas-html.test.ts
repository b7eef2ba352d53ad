import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
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
import { complaintsOfAxe, look, overflow } from '../rig/browser.ts';
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

test.before(async (context) => {
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
    await page.waitForURL(`**/sha256/${strange.slice(0, 2)}.html#${strange.slice(0, 20)}`);
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
