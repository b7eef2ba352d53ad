import { existsSync } from 'node:fs';
import { posix } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { filesBelow, read } from '../rig/imports.ts';
import { docPages, root } from './pages.ts';

const pages = docPages();
const anchors = new Map(
  pages.map(({ path, headings }) => [path, new Set(headings.map((each) => each.anchor))]),
);

/** What a page leads to in this repository, as it stands there. */
function linksOf({ inline }: (typeof pages)[number]): readonly string[] {
  return inline
    .flatMap((token) => token.attrGet('href') ?? token.attrGet('src') ?? [])
    .map(String)
    .filter((href) => !/^(https?:|mailto:)/.test(href));
}

/** Why a link leads nowhere; undefined where it leads somewhere. */
function whyDead(page: string, href: string): string | undefined {
  const [place = '', anchor] = decodeURI(href).split('#');
  const path = place === '' ? page : posix.join(posix.dirname(page), place);
  if (path.startsWith('..') || !existsSync(new URL(path, root))) return `${page}: ${href} is not there`;
  const isKnown = anchor === undefined || (anchors.get(path)?.has(anchor) ?? false);
  return isKnown ? undefined : `${page}: there is no heading for ${href}`;
}

test('every link leads somewhere, and every anchor to a heading', () => {
  const dead = pages.flatMap((page) => linksOf(page).flatMap((href) => whyDead(page.path, href) ?? []));
  assert.equal(dead, []);
  assert.match(whyDead('docs/README.md', 'how-to/none.md') ?? '', 'is not there');
  assert.match(whyDead('docs/README.md', '#none') ?? '', 'no heading');
});

test('every page of docs/ is reached from its first one', () => {
  const reached = new Set(['docs/README.md']);
  for (const path of reached) {
    const page = pages.find((each) => each.path === path);
    for (const href of page === undefined ? [] : linksOf(page)) {
      const to = posix.join(posix.dirname(path), href.split('#')[0] ?? '');
      if (to.startsWith('docs/') && to.endsWith('.md')) reached.add(to);
    }
  }
  const lonely = pages
    .map(({ path }) => path)
    .filter((path) => path.startsWith('docs/') && !reached.has(path));
  assert.equal(lonely, []);
});

test('what messages and comments name in docs/ is there', () => {
  const named = filesBelow('orchestrator').flatMap(
    (file) => read(file).match(/\bdocs\/[a-z-]+\/[a-z-]+\.md\b/g) ?? [],
  );
  assert.ok(named.length > 0);
  assert.equal(
    named.filter((path) => !existsSync(new URL(path, root))),
    [],
  );
});

test.run();
