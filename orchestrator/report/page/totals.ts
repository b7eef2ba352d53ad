import { countOf } from '../../core/numbers.ts';
import type { Platform } from '../../core/platform.ts';
import { type Totals, totalsOf } from '../../verdict/verify/summary.ts';
import { goText } from '../go-text.ts';
import type { FileJson, ProjectJson } from '../recorded-build.ts';
import type { ReportJson } from '../report-json.ts';
import type { Anchors } from './anchors.ts';
import { html, type Markup } from './markup.ts';

/** `72 / 72 / 91`, and in words for whoever hears it. */
export function countsText({ identical, comparable, all }: Totals): string {
  return `${identical} / ${comparable} / ${all}`;
}

/** `bad`: something comparable is not identical; `good`: something was compared, and is; `quiet`: nothing was. */
export function moodOf({ identical, comparable }: Totals): 'good' | 'bad' | 'quiet' {
  if (identical < comparable) return 'bad';
  return comparable > 0 ? 'good' : 'quiet';
}

const marks = { good: '✔', bad: '✖', quiet: '·' } as const;

/** A mark that says nothing to whoever hears the page: the counts beside it do. */
export function markOf(mood: keyof typeof marks): Markup {
  return html`<span class="mark ${mood}" aria-hidden="true">${marks[mood]}</span>`;
}

/** The three counts in large, a bar of their shares, and a sentence. */
export function overallTotals({ totals }: ReportJson): Markup {
  const { identical, comparable, all } = totals;
  const missing = comparable - identical;
  const sentence =
    comparable === 0
      ? 'Nothing could be compared.'
      : missing === 0
        ? 'No comparable file differs.'
        : `${countOf(missing, 'comparable is', 'comparable are')} not identical.`;
  const share = (count: number, mood: string) =>
    count > 0 && html`<span class="${mood}" style="flex-grow:${count}"></span>`;
  return html`<div class="overall">
<p class="counts"><strong class="${moodOf(totals)}">${countsText(totals)}</strong> identical / comparable / all</p>
<div class="bar" role="img" aria-label="${identical} identical, ${missing} comparable but not identical, ${all - comparable} not comparable">${share(identical, 'good')}${share(missing, 'bad')}${share(all - comparable, 'quiet')}</div>
<p>${sentence} ${all > comparable && `${countOf(all - comparable, 'file')} could not be compared.`}</p>
</div>`;
}

/** A line a project. */
export function projectTotals({ projects, totals }: ReportJson, anchors: Anchors): Markup {
  return html`<table>
<caption>By project</caption>
<thead><tr><th scope="col">project</th><th scope="col" class="wide">version</th><th scope="col" class="wide">Go</th>${countHeads}</tr></thead>
<tbody>
${projects.map((project) => projectRow(project, anchors))}</tbody>
<tfoot><tr><th scope="row">${countOf(projects.length, 'project')}</th><td class="wide"></td><td class="wide"></td>${countCells(totals)}</tr></tfoot>
</table>`;
}

function projectRow(project: ProjectJson, anchors: Anchors): Markup {
  const { name, tag, go, totals } = project;
  return html`<tr><th scope="row">${markOf(moodOf(totals))} <a href="#${anchors.project(project)}">${breakable(name)}</a></th><td class="wide">${tag}</td><td class="wide">${goText(go)}</td>${countCells(totals)}</tr>
`;
}

/** A path that may be broken after each of its slashes. */
function breakable(path: string): Markup {
  return html`${path.split('/').map((part, at) => html`${at > 0 && html`/<wbr>`}${part}`)}`;
}

/** A line a platform. */
export function platformTotals({ projects }: ReportJson): Markup {
  const byPlatform = new Map<Platform, FileJson[]>();
  for (const file of projects.flatMap(({ files }) => files)) {
    byPlatform.set(file.platform, [...(byPlatform.get(file.platform) ?? []), file]);
  }
  const rows = [...byPlatform].sort(([a], [b]) => (a < b ? -1 : 1));
  return html`<table>
<caption>By platform</caption>
<thead><tr><th scope="col">platform</th>${countHeads}</tr></thead>
<tbody>
${rows.map(([platform, files]) => platformRow(platform, totalsOf(files)))}</tbody>
</table>`;
}

function platformRow(platform: Platform, totals: Totals): Markup {
  return html`<tr><th scope="row">${markOf(moodOf(totals))} ${platform}</th>${countCells(totals)}</tr>
`;
}

/** Where there is no room for three columns, one stands for them. */
const countHeads = html`<th scope="col" class="count wide">identical</th><th scope="col" class="count wide">comparable</th><th scope="col" class="count wide">all</th><th scope="col" class="count narrow">identical / comparable / all</th>`;

function countCells(totals: Totals): Markup {
  const { identical, comparable, all } = totals;
  return html`<td class="count wide ${moodOf(totals)}">${identical}</td><td class="count wide">${comparable}</td><td class="count wide">${all}</td><td class="count narrow ${moodOf(totals)}">${countsText(totals)}</td>`;
}
