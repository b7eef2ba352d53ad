import { pathToFileURL } from 'node:url';
import axe, { type AxeResults } from 'axe-core';
import { type Browser, chromium, type Page } from 'playwright-core';
import * as assert from 'uvu/assert';
import type { Defer } from './suite.ts';

const flags = [
  ...['--headless', '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run'],
  ...['--disable-background-networking', '--disable-component-update', '--disable-sync'],
];

interface Look {
  readonly width: number;
  readonly colorScheme: 'light' | 'dark';
  readonly javaScriptEnabled?: boolean;
  /** A folder beside whose files the page may ask for no other; absent: it may ask for none but itself. */
  readonly within?: string;
}

/** A place on disk, or an address as it is. */
const addressOf = (place: string) => (URL.canParse(place) ? place : pathToFileURL(place).href);

let browser: Browser | undefined;

/** Starts the browser that the tests of a file look with, Debian's: to start one takes longer than most looks. */
export async function openBrowser(defer: Defer): Promise<void> {
  const opened = await chromium.launch({ executablePath: '/usr/bin/chromium', args: flags });
  defer(() => opened.close());
  browser = opened;
}

/** Opens the page, a file or an address, with a profile of its own. Whatever it complains of, or asks for beside itself, is kept. */
export async function look(
  file: string,
  { width, within, ...given }: Look,
  use: (page: Page) => Promise<void>,
): Promise<void> {
  if (browser === undefined) throw new Error('openBrowser comes before the first look');
  const complaints: string[] = [];
  const context = await browser.newContext({ viewport: { width, height: 900 }, ...given });
  try {
    const page = await context.newPage();
    const address = addressOf(file);
    page.on('console', (message) => complaints.push(`${message.type()}: ${message.text()}`));
    page.on('pageerror', (error) => complaints.push(error.message));
    const mayAsk = (url: string) =>
      within === undefined ? url === address : url.startsWith(`${addressOf(within)}/`);
    page.on('request', (request) => {
      if (!mayAsk(request.url().split('#')[0] ?? '')) complaints.push(request.url());
    });
    await page.goto(address);
    await use(page);
    assert.equal(complaints, []);
  } finally {
    await context.close();
  }
}

/** How far the page is wider than the window, in pixels. */
export const overflow = 'document.documentElement.scrollWidth - document.documentElement.clientWidth';

/**
 * What axe finds wrong with a page, contrast among it: rule and element. It is loaded beside the page's policy, as an extension would be,
 * and loads nothing itself.
 */
export async function complaintsOfAxe(page: Page): Promise<readonly string[]> {
  await page.evaluate(axe.source);
  const { violations, passes } = await page.evaluate<AxeResults>(
    'axe.run({ resultTypes: ["violations"], preload: false })',
  );
  assert.ok(passes.length > 20);
  return violations.flatMap(({ id, nodes }) => nodes.map(({ html }) => `${id}: ${html}`));
}
