import { h, type VNode } from 'preact';
import { renderToString } from 'preact-render-to-string';
import { visible } from '../../core/visible.ts';
import { countsText } from '../html/parts.tsx';
import { type Counts, countsWords, stateOf } from './counts.ts';
import { linkTo, places } from './places.ts';
import type { Latest } from './view/front.ts';

/**
 * The newest releases, for who reads feeds (RFC 4287). Its ids are names and not places, so that a copy elsewhere is the same feed.
 * @param base where the atlas is; undefined: links are as from the feed.
 */
export function feedOf(latest: readonly Latest[], base: string | undefined): string {
  const at = (path: string) => `${base ?? ''}${path}`;
  const day = (date: string) => `${date || '1970-01-01'}T00:00:00Z`;
  const text = (tag: string, words: string) => h(tag, {}, visible(words));
  const entries = latest.map(({ name, date, counts, before, changes }) =>
    h('entry', {}, [
      text('id', `urn:eksd-rebuild:release:${encodeURIComponent(name)}`),
      text('title', `${name}: ${countsWords(counts)}`),
      text('updated', day(date)),
      h('link', { href: at(linkTo(places.front, places.release(name))) }),
      text('summary', summaryOf(before, changes)),
    ]),
  );
  const feed = h('feed', { xmlns: 'http://www.w3.org/2005/Atom' }, [
    text('id', 'urn:eksd-rebuild:atlas'),
    text('title', 'EKS Distro, rebuilt from source'),
    text('updated', day(latest[0]?.date ?? '')),
    h('author', {}, text('name', 'eksd-rebuild')),
    h('link', { rel: 'alternate', href: at('index.html') }),
    ...(base === undefined ? [] : [h('link', { rel: 'self', href: at('feed.atom') })]),
    ...entries,
  ]);
  return head + renderXml(feed);
}

/** What changed, in one line: readers of feeds keep none apart. */
function summaryOf(before: string | undefined, changes: Latest['changes']): string {
  if (before === undefined) return 'The first of its branch here.';
  if (changes === undefined) return 'No changes are known.';
  return changes.map(({ what, how }) => `${what}: ${how.join(', ')}`).join('; ') || 'Nothing changed.';
}

/** All pages, for who searches (https://www.sitemaps.org/protocol.html). @param base where the atlas is, with a slash at its end. */
export function mapOf(pages: readonly string[], base: string): string {
  const urls = pages.map((place) => h('url', {}, h('loc', {}, base + linkTo(places.front, place))));
  return head + renderXml(h('urlset', { xmlns: 'http://www.sitemaps.org/schemas/sitemap/0.9' }, urls));
}

const head = '<?xml version="1.0" encoding="utf-8"?>\n';

/** Text colours on these grounds have a contrast of 4.5 at least. */
const grounds = { good: '#116329', bad: '#a40e26', quiet: '#57606a', warn: '#7a4d00' } as const;

/** A picture of one line: what it is about, and its counts. @param about of a page that has counts. */
export function badgeOf(about: string, counts: Counts): string {
  const { mood, words } = stateOf(counts);
  const value = counts.unknown === counts.all ? 'not known yet' : countsText(counts);
  const width = (text: string) => 7 * [...text].length + 12;
  const [left, right] = [width(about), width(value)];
  const label = `${about}: identical / comparable / all: ${countsWords(counts)}; ${words}`;
  return renderXml(
    <svg xmlns="http://www.w3.org/2000/svg" width={left + right} height="20" role="img" aria-label={label}>
      <title>{label}</title>
      <rect width={left} height="20" fill="#1b1f24" />
      <rect x={left} width={right} height="20" fill={grounds[mood]} />
      <g fill="#fff" font-family="DejaVu Sans Mono,monospace" font-size="11" text-anchor="middle">
        <text x={left / 2} y="14">
          {about}
        </text>
        <text x={left + right / 2} y="14">
          {value}
        </text>
      </g>
    </svg>,
  );
}

/** HTML may have in a text what ends a section of XML. */
function renderXml(node: VNode): string {
  return `${renderToString(node).replaceAll(']]>', ']]&gt;')}\n`;
}
