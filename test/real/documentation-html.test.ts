import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import * as assert from 'uvu/assert';
import { atlasTexts } from '../../orchestrator/report/atlas/atlas.ts';
import { readDocumentation } from '../../orchestrator/run/atlas/documentation.ts';
import { writeAtlas } from '../../orchestrator/run/atlas/write-atlas.ts';
import { atlasProject, atlasRelease } from '../rig/atlas-data.ts';
import { complaintsOfAxe, look, openBrowser, overflow } from '../rig/browser.ts';
import { repository } from '../rig/program.ts';
import { suite } from '../rig/suite.ts';

/** The documentation in an atlas, in Chromium and from disk. */
const test = suite<{ folder: string; site: string }>('documentation in Chromium');

test.before(async (context, defer) => {
  await openBrowser(defer);
  context.folder = mkdtempSync(join(tmpdir(), 'documentation-html-'));
  context.site = join(context.folder, 'site');
  const releases = [atlasRelease(1, [atlasProject('org/tool', [])])];
  const texts = await atlasTexts(releases, { documentation: await readDocumentation(repository) });
  const host = { pid: process.pid, hostName: 'here', signal: new AbortController().signal, build: undefined };
  const written = await writeAtlas(texts, context.site, 'site', host);
  assert.ok(written.ok);
});

test.after(({ folder }) => rmSync(folder, { recursive: true, force: true }));

const pages = [
  'index',
  'start',
  'tutorial/private-ecr',
  'explanation/how-it-works',
  'reference/verdicts',
  'projects/index',
  'orchestrator/index',
  'LICENSE',
];

for (const [width, colorScheme] of [
  [1440, 'light'],
  [360, 'dark'],
] as const) {
  test(`${width} pixels, ${colorScheme}: quiet, as wide as the window, and readable`, async ({ site }) => {
    const first = join(site, 'docs', 'index.html');
    await look(first, { width, colorScheme, within: site }, async (page) => {
      for (const place of pages) {
        await page.goto(pathToFileURL(join(site, 'docs', `${place}.html`)).href);
        assert.is(await page.evaluate(overflow), 0, place);
        assert.equal(await complaintsOfAxe(page), [], place);
        assert.is(await page.locator('h1').count(), 1, place);
      }
    });
  });
}

test('from the front to a heading of another page, by links alone', async ({ site }) => {
  const front = join(site, 'index.html');
  await look(front, { width: 1440, colorScheme: 'light', within: site }, async (page) => {
    await page.getByRole('link', { name: 'Documentation' }).first().click();
    await page.getByRole('link', { name: 'From nothing to a private ECR' }).click();
    await page.getByRole('link', { name: 'Kubernetes', exact: true }).click();
    await page.waitForURL('**/docs/reference/kubernetes.html#images');
    assert.is(await page.locator('h2:target').textContent(), 'Images');
  });
});

test.run();
