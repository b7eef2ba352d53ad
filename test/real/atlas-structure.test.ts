import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Page } from 'playwright-core';
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
import { look, openBrowser } from '../rig/browser.ts';
import { suite } from '../rig/suite.ts';

/** What a screen reader is told of each kind of page, and what its buttons copy, in Debian's browser. */
const test = suite<{ folder: string; site: string }>('structure of the atlas');

const script = '#!/bin/sh\necho "$TAG"\n';

test.before(async (context, defer) => {
  await openBrowser(defer);
  const cause = { kind: 'link-values', text: 'another date', confidence: 'high' as const };
  const releases = [1, 2].map((number) =>
    atlasRelease(number, [
      atlasProject('org/tool', [
        atlasFile('tool', { said: saidOf('different', { found: foundDigest, build: buildDigest, cause }) }),
        atlasFile('tool', { content: 'arm', platform: 'linux/arm64' }),
      ]),
    ]),
  );
  const texts = await atlasTexts(releases, {
    stepsOf: async () => ({ release: 'v1-30-eks-2', script, values: 'TAG=v1\n', confirmed: 'yes' }),
    changesBetween: async () => [{ what: 'org/tool', how: ['v1.0.0 to v1.1.0'] }],
  });
  context.folder = mkdtempSync(join(tmpdir(), 'atlas-structure-'));
  context.site = join(context.folder, 'site');
  const host = { pid: process.pid, hostName: 'here', signal: new AbortController().signal, build: undefined };
  assert.ok((await writeAtlas(texts, context.site, 'site', host)).ok);
});

test.after(({ folder }) => rmSync(folder, { recursive: true, force: true }));

const published = digestOf('tool');
const pages = {
  front: 'index',
  release: 'release/v1-30-eks-2',
  build: `build/${buildDigest.slice(0, 20)}`,
  script: `script/${digestOf(script).slice(0, 20)}`,
  file: `sha256/${published.slice(0, 2)}`,
  cause: 'cause/different/link-values',
};

/** Landmarks, headings and tables with their heads, as the browser's own accessibility tree has them. */
async function outline(page: Page): Promise<readonly string[]> {
  const tree = await page.locator('body').ariaSnapshot();
  return tree.split('\n').flatMap((line) => {
    // YAML: what holds a colon is between quotes.
    const [, role = '', name = '', level = ''] =
      /^ *- '?(\w+)(?: "((?:[^"\\]|\\.)*)")?(?: \[level=(\d)\])?/.exec(line) ?? [];
    if (role === 'heading') return [`h${level} ${name}`];
    return told.has(role) ? [name === '' ? role : `${role} ${name}`] : [];
  });
}
const told = new Set([
  ...['banner', 'navigation', 'main', 'contentinfo', 'region', 'search'],
  ...['table', 'columnheader', 'rowheader'],
]);

const top = (title: string, isBelow = true) => [
  ...['banner', 'navigation Sections', ...(isBelow ? ['navigation Above this page'] : [])],
  ...[`h1 ${title}`, 'main'],
];
const section = (title: string) => [`region ${title}`, `h2 ${title}`];
const files = ['columnheader file', 'columnheader linux/amd64'];

const outlines: { readonly [Kind in keyof typeof pages]: readonly string[] } = {
  front: [
    ...top('EKS Distro, rebuilt from source', false),
    ...[...section('Find a file'), 'search'],
    ...[
      ...section('All releases'),
      'table Releases by branch and year',
      'columnheader branch',
      'columnheader 2024',
    ],
    'rowheader 1-30',
    ...[...section('What changed last'), 'h3 v1-30-eks-2 2024-02-01', 'h3 v1-30-eks-1 2024-01-01'],
    ...[...section('Projects'), 'table Projects', 'columnheader project', 'columnheader versions'],
    ...['columnheader identical / comparable / all', 'columnheader not known yet', 'rowheader org/tool'],
    ...[...section('Why files are not as published'), 'contentinfo'],
  ],
  release: [
    ...[...top('v1-30-eks-2'), ...section('What differs from v1-30-eks-1')],
    ...[...section('Files'), 'h3 org/tool', 'table Files of org/tool', ...files],
    ...['columnheader linux/arm64', 'rowheader tool', 'contentinfo'],
  ],
  build: [
    ...[...top('org/tool v1.0.0: a build'), ...section('Files'), 'table Files of the build', ...files],
    ...['rowheader tool', ...section('Why'), ...section('Do it again'), 'contentinfo'],
  ],
  script: [...top('How 1 build is done: org/tool'), ...section('The script'), 'contentinfo'],
  file: [
    ...[...top(`Files whose SHA-256 begins with ${published.slice(0, 2)}`), 'search'],
    ...[`h2 ${published}`, 'contentinfo'],
  ],
  cause: [
    ...[...top('different: link-values', false), ...section('Which files, and why')],
    ...['h3 org/tool v1.0.0', 'contentinfo'],
  ],
};

for (const width of [1440, 360]) {
  test(`${width} pixels: landmarks, headings and tables of every kind of page are told`, async ({ site }) => {
    await look(join(site, 'index.html'), { width, colorScheme: 'light', within: site }, async (page) => {
      for (const [kind, place] of Object.entries(pages)) {
        await page.goto(pathToFileURL(join(site, `${place}.html`)).href);
        assert.equal(await outline(page), outlines[kind as keyof typeof pages], kind);
        const nameless = await page.locator('a, button').evaluateAll(nobodysName);
        assert.is(nameless, 0, `${kind}: links and buttons without words`);
      }
    });
  });
}
const nobodysName = (all: readonly { textContent: string | null }[]) =>
  all.filter(({ textContent }) => textContent?.trim() === '').length;

/** What is copied, in the order of the buttons. */
const copied = `{
  globalThis.copied = [];
  Object.defineProperty(navigator, 'clipboard', { value: { writeText: async (text) => { copied.push(text); } } });
}`;

test('a button copies the very value that it stands beside; without scripts there is none', async ({
  site,
}) => {
  const file = join(site, `${pages.build}.html`);
  const given = { width: 360, colorScheme: 'light', within: site } as const;
  await look(file, given, async (page) => {
    await page.evaluate(copied);
    const buttons = await page.locator('button.copies, .copied button').all();
    for (const button of buttons) await button.click();
    const texts = await page.evaluate<readonly string[]>('copied');
    assert.is(texts.length, buttons.length);
    const [name, values] = [pages.script, pages.build].map((place) => place.slice(place.indexOf('/') + 1));
    const verify = 'eksd-rebuild import v1-30-eks-2\neksd-rebuild verify v1-30-eks-2 --project org/tool';
    assert.equal(texts, [buildDigest, verify, `sh ${name}.sh ${values}.values`]);
  });
  await look(file, { ...given, javaScriptEnabled: false }, async (page) => {
    assert.is(await page.locator('button').count(), 0);
    assert.match((await page.locator('body').textContent()) ?? '', buildDigest);
  });
});

test.run();
