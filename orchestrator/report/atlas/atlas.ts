import { byCodeUnit } from '../../core/canonical-json.ts';
import { digestOf } from '../../core/digest.ts';
import { visible } from '../../core/visible.ts';
import { buildTexts, type StepsOf } from './build-texts.ts';
import type { Counts } from './counts.ts';
import { type AtlasRelease, type AtlasUse, rowsOf, usesOf } from './data.ts';
import { badgeOf, feedOf, mapOf } from './feed.tsx';
import { inputsOf } from './inputs.ts';
import { groupBy, inOrder, sortedBy } from './order.ts';
import { causePage } from './page/cause.tsx';
import { digestIndexPage, digestsPage } from './page/digests.tsx';
import { docPage } from './page/doc.tsx';
import { branchPage, frontPage } from './page/front.tsx';
import { projectPage } from './page/project.tsx';
import { releasePage } from './page/release.tsx';
import { type AtlasText, pair } from './pair.ts';
import { places } from './places.ts';
import { atlasScript } from './script.ts';
import { atlasStyle } from './style.ts';
import { causeNames, causeView, isOfCause } from './view/cause.ts';
import type { ChangesBetween } from './view/change.ts';
import { digestGroups, digestsView } from './view/digest.ts';
import { type DocText, docViews } from './view/doc.ts';
import { branchesOf, branchView, frontView, latestOf, newest, predecessors } from './view/front.ts';
import { projectView } from './view/project.ts';
import { releaseJson, releaseView } from './view/release.ts';

/** What an atlas is made with, beside its releases. */
export interface AtlasOptions {
  /** Where it will be, with a slash at its end. */
  readonly base?: string | undefined;
  /** JSON schema of the pages' JSON. */
  readonly schema?: string;
  /** Pages that are of no release. */
  readonly documentation?: readonly DocText[];
  /** What differs between two releases of a branch; absent: nobody knows. */
  readonly changesBetween?: ChangesBetween;
  /** How a project is built as a release has it; absent: nobody knows. */
  readonly stepsOf?: StepsOf;
}

/** How many releases the feed has. */
const fed = 30;
const noChanges: ChangesBetween = async () => undefined;

/** All files of an atlas. The same releases give the same bytes. */
export async function atlasTexts(
  given: readonly AtlasRelease[],
  {
    base,
    schema = '{}\n',
    documentation = [],
    changesBetween = noChanges,
    stepsOf = async () => undefined,
  }: AtlasOptions = {},
): Promise<readonly AtlasText[]> {
  const releases = inOrder(given);
  const [rows, uses] = [rowsOf(releases), usesOf(releases)];
  const inputs = inputsOf(releases);
  const all = digestOf(releases.map(inputs.release).join('\n'));
  const before = predecessors(releases);
  const after = new Map([...before].map(([name, former]) => [former.name, name]));
  const branches = branchesOf(releases);
  const causes = causeNames(rows);
  const front = frontView(releases, rows, causes);
  const ofBranch = groupBy(releases, ({ branch }) => branch);
  const pages = [
    ...pair(places.front, all, {
      view: async () => ({ ...front, latest: await latestOf(newest(releases), before, changesBetween) }),
      page: frontPage,
    }),
    ...branches.flatMap((branch) => {
      const own = ofBranch.get(branch.name) ?? [];
      return pair(places.branch(branch.name), digestOf(own.map(inputs.release).join('\n')), {
        view: () => branchView(branch, own, before, changesBetween),
        page: branchPage,
      });
    }),
    ...releases.flatMap((release) => {
      const former = before.get(release.name);
      const next = after.get(release.name);
      const of = [inputs.release(former), inputs.release(release), next ?? ''].join(' ');
      return pair(places.release(release.name), digestOf(of), {
        view: () => releaseView(release, former, next, changesBetween),
        page: releasePage,
        json: releaseJson,
      });
    }),
    ...sortedBy(uses, ({ project }) => project.name).flatMap(([name, own]) =>
      pair(places.project(name), inputs.uses(own), { view: () => projectView(name, own), page: projectPage }),
    ),
    ...(await buildTexts(rows, inputs, stepsOf)),
    ...causes.flatMap((cause) => {
      const own = rows.filter((row) => isOfCause(row, cause));
      return pair(places.cause(cause.verdict, cause.kind), inputs.uses(own), {
        view: () => causeView(cause, own),
        page: causePage,
      });
    }),
    ...digestPages(digestGroups(rows), inputs.uses),
    ...docViews(documentation).flatMap((view) =>
      pair(view.place, digestOf(JSON.stringify(view)), { view: () => view, page: docPage }),
    ),
  ];
  const badges = [
    badge('badge/all', 'EKS Distro', front.counts),
    ...branches.map(({ name, counts }) => badge(`badge/${places.branch(name)}`, name, counts)),
    ...branches
      .flatMap((branch) => branch.releases)
      .map(({ name, counts }) => badge(`badge/${places.release(name)}`, name, counts)),
    ...front.projects.map(({ name, counts }) => badge(`badge/${places.project(name)}`, name, counts)),
  ];
  return [
    ...pages,
    ...badges,
    { path: 'style.css', text: () => atlasStyle },
    { path: places.pageScript, text: () => atlasScript },
    { path: places.schema, text: () => schema },
    {
      path: 'feed.atom',
      text: async () => feedOf(await latestOf(newest(releases, fed), before, changesBetween), base),
    },
    ...(base === undefined ? [] : forSearchers(pages, base)),
  ];
}

/** One page for each two first digits, whether or not there is a file: what is asked for has an answer. */
function digestPages(
  groups: ReturnType<typeof digestGroups>,
  ofUses: (uses: readonly AtlasUse[]) => string,
): readonly AtlasText[] {
  const prefixes = [...Array(256).keys()].map((at) => at.toString(16).padStart(2, '0'));
  const counts = Object.fromEntries(
    prefixes.map((prefix) => [prefix, new Set(groups.get(prefix)?.map(({ sha256 }) => sha256)).size]),
  );
  return [
    ...pair(places.digests, digestOf(JSON.stringify(counts)), {
      view: () => ({ page: 'sha256-index', counts }) as const,
      page: digestIndexPage,
    }),
    ...prefixes.flatMap((prefix) => {
      const own = groups.get(prefix) ?? [];
      return pair(places.digest(prefix), ofUses(own.map(({ row }) => row)), {
        view: () => digestsView(prefix, own),
        page: digestsPage,
      });
    }),
  ];
}

function badge(place: string, about: string, counts: Counts): AtlasText {
  return { path: `${place}.svg`, text: () => badgeOf(visible(about), counts) };
}

function forSearchers(pages: readonly AtlasText[], base: string): readonly AtlasText[] {
  const places = pages.flatMap(({ path }) =>
    path.endsWith('.html') ? [path.slice(0, -'.html'.length)] : [],
  );
  return [
    { path: 'robots.txt', text: () => `User-agent: *\nAllow: /\nSitemap: ${base}sitemap.xml\n` },
    { path: 'sitemap.xml', text: () => mapOf(places.sort(byCodeUnit), base) },
  ];
}
