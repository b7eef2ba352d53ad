import { byCodeUnit } from '../../core/canonical-json.ts';
import { visible } from '../../core/visible.ts';
import { type Page, renderDocument } from '../html/document.tsx';
import type { Counts } from './counts.ts';
import { type AtlasRelease, rowsOf, usesOf } from './data.ts';
import { badgeOf, feedOf } from './feed.tsx';
import { inOrder } from './order.ts';
import { digestIndexPage, digestsPage } from './page/digests.tsx';
import { docPage } from './page/doc.tsx';
import { branchPage, frontPage } from './page/front.tsx';
import { buildPage, causePage, projectPage } from './page/others.tsx';
import { releasePage } from './page/release.tsx';
import { linkTo, places } from './places.ts';
import { atlasStyle } from './style.ts';
import { buildViews } from './view/build.ts';
import { causeViews } from './view/cause.ts';
import { digestViews, knownDigests } from './view/digest.ts';
import { type DocText, docViews } from './view/doc.ts';
import { branchesOf, branchView, frontView, latestOf, predecessors } from './view/front.ts';
import { projectViews } from './view/project.ts';
import { releaseView } from './view/release.ts';

/** A file of an atlas, made when it is asked for. */
export interface AtlasText {
  readonly path: string;
  text(): string;
  /** The file that says all that this one is made of: who has the same of it, of the same program, has the same of this. */
  readonly from?: string;
}

/** How many releases the feed has. */
const fed = 30;

/** All files of an atlas. The same releases give the same bytes. @param base where it will be, with a slash at its end. */
export function atlasTexts(
  given: readonly AtlasRelease[],
  base: string | undefined,
  documentation: readonly DocText[] = [],
): readonly AtlasText[] {
  const releases = inOrder(given);
  const rows = rowsOf(releases);
  const before = predecessors(releases);
  const after = new Map([...before].map(([name, former]) => [former.name, name]));
  const byName = new Map(releases.map((release) => [release.name, release]));
  const branches = branchesOf(releases);
  const causes = causeViews(rows);
  const front = frontView(releases, rows, causes);
  const releaseViews = releases.map((release) =>
    releaseView(release, before.get(release.name), byName.get(after.get(release.name) ?? '')),
  );
  const digests = digestViews(knownDigests(rows));
  const counts = Object.fromEntries(digests.map(({ prefix, files }) => [prefix, files.length]));
  const pages = [
    ...pair(places.front, front, frontPage),
    ...branches.flatMap((branch) =>
      pair(places.branch(branch.name), branchView(branch, releases), branchPage),
    ),
    ...releaseViews.flatMap((view) => pair(places.release(view.name), view, releasePage)),
    ...projectViews(usesOf(releases)).flatMap((view) => pair(places.project(view.name), view, projectPage)),
    ...buildViews(rows).flatMap((view) => pair(places.build(view.digest), view, buildPage)),
    ...causes.flatMap((view) => pair(places.cause(view.verdict, view.kind), view, causePage)),
    ...pair(places.digests, { page: 'sha256-index', counts } as const, digestIndexPage),
    ...digests.flatMap((view) => pair(places.digest(view.prefix), view, digestsPage)),
    ...docViews(documentation).flatMap((view) => pair(view.place, view, docPage)),
  ];
  const badges = [
    badge('badge/all', 'EKS Distro', front.counts),
    ...branches.map(({ name, counts }) => badge(`badge/${places.branch(name)}`, name, counts)),
    ...releaseViews.map(({ name, counts }) => badge(`badge/${places.release(name)}`, name, counts)),
    ...front.projects.map(({ name, counts }) => badge(`badge/${places.project(name)}`, name, counts)),
  ];
  return [
    ...pages,
    ...badges,
    { path: 'style.css', text: () => atlasStyle },
    { path: 'feed.atom', text: () => feedOf(latestOf(releases, fed), base) },
    ...(base === undefined ? [] : forSearchers(pages, base)),
  ];
}

/** A page, and beside it what it says as JSON. */
function pair<View>(place: string, view: View, pageOf: (view: View) => Page): readonly AtlasText[] {
  const json = `${place}.json`;
  return [
    { path: json, text: () => `${JSON.stringify({ schema: 1, ...view })}\n` },
    { path: `${place}.html`, from: json, text: () => renderDocument(view, pageOf) },
  ];
}

function badge(place: string, about: string, counts: Counts): AtlasText {
  return { path: `${place}.svg`, text: () => badgeOf(visible(about), counts) };
}

function forSearchers(pages: readonly AtlasText[], base: string): readonly AtlasText[] {
  const places = pages.flatMap(({ path }) =>
    path.endsWith('.html') ? [path.slice(0, -'.html'.length)] : [],
  );
  const urls = places.sort(byCodeUnit).map((place) => `<url><loc>${base}${linkTo('', place)}</loc></url>\n`);
  const head = '<?xml version="1.0" encoding="utf-8"?>\n';
  const map = `${head}<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">\n${urls.join('')}</urlset>\n`;
  return [
    { path: 'robots.txt', text: () => `User-agent: *\nAllow: /\nSitemap: ${base}sitemap.xml\n` },
    { path: 'sitemap.xml', text: () => map },
  ];
}

/** The sums of all files, as `sha256sum -c` takes them: they say which files are the atlas's. */
export function sumsOf(sums: ReadonlyMap<string, string>): string {
  return [...sums]
    .sort(([a], [b]) => byCodeUnit(a, b))
    .map(([path, sha256]) => `${sha256}  ${path}\n`)
    .join('');
}

export const sumsFile = 'SHA256SUMS';
