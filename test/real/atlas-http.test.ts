import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { extname, join } from 'node:path';
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

/** An atlas below a path of a server, as GitHub Pages has it, in Debian's browser. */
const test = suite<{ folder: string; url: string }>('atlas by http');

/** Where it says that it is: a proxy's name, say, for where it is served from. */
const base = 'https://atlas.example.com/pages/eks-distro';

const types: Readonly<Record<string, string>> = {
  ...{ '.html': 'text/html; charset=utf-8', '.css': 'text/css', '.js': 'text/javascript' },
  ...{ '.json': 'application/json', '.svg': 'image/svg+xml', '.atom': 'application/atom+xml' },
};

test.before(async (context, defer) => {
  await openBrowser(defer);
  const releases = [1, 2].map((number) =>
    atlasRelease(number, [
      atlasProject('org/tool', [
        atlasFile('tool', {
          said: saidOf('different', {
            ...{ found: foundDigest, build: buildDigest },
            cause: { kind: 'link-values', text: 'another date', confidence: 'high' },
          }),
        }),
      ]),
    ]),
  );
  const texts = await atlasTexts(releases, {
    base: `${base}/`,
    stepsOf: async () => ({
      ...{ release: 'v1-30-eks-2', script: 'echo "$TAG"\n', values: 'TAG=v1\n', confirmed: 'yes' },
    }),
  });
  context.folder = mkdtempSync(join(tmpdir(), 'atlas-http-'));
  defer(() => rmSync(context.folder, { recursive: true, force: true }));
  const site = join(context.folder, 'site');
  const host = { pid: process.pid, hostName: 'here', signal: new AbortController().signal, build: undefined };
  assert.ok((await writeAtlas(texts, site, 'site', host)).ok);
  const root = new URL(base).pathname;
  const server = createServer(({ url = '' }, response) => {
    const path = decodeURIComponent(url).replace(/\/$/, '/index.html');
    if (path === '/readme.html') return response.writeHead(200, { 'content-type': 'text/html' }).end(readme);
    // What a browser asks for where a page does not forbid it.
    if (path === '/favicon.ico') return response.writeHead(204).end();
    const file = path.startsWith(`${root}/`) ? join(site, path.slice(root.length)) : '';
    if (!existsSync(file)) return response.writeHead(404).end();
    return response
      .writeHead(200, { 'content-type': types[extname(file)] ?? 'text/plain' })
      .end(readFileSync(file));
  });
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
  defer(() => {
    server.closeAllConnections();
    server.close();
  });
  context.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}${root}`;
});

/** Somebody's page that shows badges. */
const readme = ['all', 'branch/1-30', 'release/v1-30-eks-1', 'project/org/tool']
  .map((place) => `<img src="${new URL(base).pathname}/badge/${place}.svg">`)
  .join('');

const given = { width: 1440, colorScheme: 'light' } as const;
const published = digestOf('tool');

/** Lets a file fall on the page. */
const drop = (content: string) => `{
  const data = new DataTransfer();
  data.items.add(new File([${JSON.stringify(content)}], 'dropped'));
  document.body.dispatchEvent(new DragEvent('drop', { dataTransfer: data, bubbles: true, cancelable: true }));
}`;

test('a file is found by its SHA-256, typed or dropped, from the front and from another page', async ({
  url,
}) => {
  await look(`${url}/`, { ...given, within: url }, async (page) => {
    await page.getByLabel('SHA-256').fill(published);
    await page.keyboard.press('Enter');
    await page.waitForURL(`${url}/sha256/${published.slice(0, 2)}.html#${published.slice(0, 20)}`);
    await page.locator('output', { hasText: 'Found' }).waitFor();
    await page.evaluate(drop('what was built'));
    await page.waitForURL(`${url}/sha256/${foundDigest.slice(0, 2)}.html#${foundDigest.slice(0, 20)}`);
    assert.match((await page.locator('article:target').textContent()) ?? '', 'as built');
  });
});

test('where the browser does not hash, since the page came by plain http from elsewhere, it says what to do', async ({
  url,
}) => {
  await look(`${url}/index.html`, { ...given, within: url }, async (page) => {
    await page.evaluate("Object.defineProperty(Crypto.prototype, 'subtle', { get: () => undefined })");
    await page.evaluate(drop('what was built'));
    await page.locator('output', { hasText: '"sha256sum" does, too' }).waitFor();
  });
});

test('all that the pages, their JSON, the feed and the map of the site lead to is there', async ({ url }) => {
  const [asked, wrong] = [new Set<string>(), [] as string[]];
  const todo = [`${url}/`, `${url}/feed.atom`, `${url}/sitemap.xml`];
  const local = (address: string) => address.replace(/#.*$/, '').replace(base, url);
  for (let next = todo.shift(); next !== undefined; next = todo.shift()) {
    const from = next;
    if (asked.has(from) || !from.startsWith(`${url}/`)) continue;
    asked.add(from);
    const answer = await fetch(from);
    const text = await answer.text();
    if (answer.status !== 200) wrong.push(`${from}: ${answer.status}`);
    const isJson = answer.headers.get('content-type') === 'application/json';
    const found = isJson
      ? [JSON.parse(text).$schema].filter((each) => typeof each === 'string' && !each.startsWith('http'))
      : [...text.matchAll(/(?: (?:href|src)="|<loc>)([^"<]*)/g)].map(([, address = '']) => address);
    todo.push(...found.map((address) => local(new URL(address, from).href)));
  }
  assert.equal(wrong, []);
  assert.ok(asked.size > 500, `${asked.size}`);
  for (const path of ['robots.txt', 'SHA256SUMS', 'atlas.schema.json'])
    assert.is((await fetch(`${url}/${path}`)).status, 200);
  const feed = await (await fetch(`${url}/feed.atom`)).text();
  assert.equal(
    [...feed.matchAll(/<link [^>]*href="([^"]*)"/g)].map(([, address]) => address).sort(),
    ['feed.atom', 'index.html', 'release/v1-30-eks-1.html', 'release/v1-30-eks-2.html'].map(
      (path) => `${base}/${path}`,
    ),
  );
  assert.match(await (await fetch(`${url}/robots.txt`)).text(), `Sitemap: ${base}/sitemap.xml\n`);
});

test("badges are pictures in anybody's page, and a page goes where its links say", async ({ url }) => {
  const origin = new URL(url).origin;
  const widths =
    'Promise.all([...document.images].map((each) => each.decode().then(() => each.naturalWidth)))';
  await look(`${origin}/readme.html`, { ...given, within: origin }, async (tab) => {
    assert.is(await tab.locator('img').count(), 4);
    for (const width of await tab.evaluate<readonly number[]>(widths)) assert.ok(width > 50);
    await tab.goto(`${url}/`);
    await tab.getByRole('link', { name: 'v1-30-eks-2' }).first().click();
    await tab.waitForURL(`${url}/release/v1-30-eks-2.html`);
    await tab.getByRole('link', { name: 'This page as JSON' }).click();
    await tab.waitForURL(`${url}/release/v1-30-eks-2.json`);
  });
});

test.run();
