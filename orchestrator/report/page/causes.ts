import { countOf } from '../../core/numbers.ts';
import { goNotes } from '../go-text.ts';
import type { ReportJson } from '../report-json.ts';
import { type Section, sectionTitles } from '../sections.ts';
import type { Anchors } from './anchors.ts';
import { type Cause, causesOf } from './failure-causes.ts';
import { html, type Markup } from './markup.ts';
import { platformIn, type SharedNote } from './notes.ts';

/** What is not as published, and why, each cause once with the files that it speaks for; and what is to be known besides. */
export function causesSection(report: ReportJson, anchors: Anchors): Markup {
  const causes = causesOf(report);
  const gos = goNotes(report.projects).map((note) => html`<li>${note}</li>\n`);
  const made = anchors.notes.map((note) => noteItem(note, anchors));
  const notes = [...gos, ...made];
  if (causes.length === 0 && notes.length === 0) return html``;
  return html`<section aria-labelledby="causes">
<h2 id="causes">What to know</h2>
${causes.map((cause) => causeArticle(cause, anchors))}${
  notes.length > 0 &&
  html`<article class="cause quiet"><h3>How files were made</h3>
<ul>
${notes}</ul></article>
`
}</section>
`;
}

/** A note, with what it speaks of: tasks by their platforms, where they have any. */
function noteItem({ anchor, projects, text, nodes }: SharedNote, anchors: Anchors): Markup {
  const [first] = nodes;
  const links = nodes.flatMap((node) => {
    const platform = platformIn(node);
    return platform === undefined ? [] : [html`<a href="#${anchors.node(node.id)}">${platform}</a>`];
  });
  const who =
    links.length > 0 || first === undefined
      ? html`${projects}`
      : html`<a href="#${anchors.node(first.id)}">${projects}</a>`;
  return html`<li id="${anchor}">${who}${links.length > 0 && html` (${links.map((link, at) => html`${at > 0 && ', '}${link}`)})`}: ${text}</li>
`;
}

const quiet: readonly Section[] = ['not-built', 'no-expectation'];
const notOurs: readonly Section[] = [
  'source-unavailable',
  'toolchain-unavailable',
  'stale-expectation',
  'stopped',
];

function moodOf(section: Section): 'bad' | 'warn' | 'quiet' {
  if (quiet.includes(section)) return 'quiet';
  return notOurs.includes(section) ? 'warn' : 'bad';
}

function causeArticle({ section, files }: Cause, anchors: Anchors): Markup {
  const [first] = files;
  if (first === undefined) return html``;
  const { failure, failedNode, why, explanation } = first.file;
  const place = failedNode === undefined ? undefined : anchors.node(failedNode);
  return html`<article class="cause ${moodOf(section)}" id="${anchors.cause(first.file)?.anchor}">
<h3>${sectionTitles[section]}: ${countOf(files.length, 'file')}</h3>
${
  failure === undefined
    ? html`<p>${explanation?.cause ?? why}</p>`
    : html`${
        failedNode !== undefined &&
        section !== 'stopped' &&
        html`<p>${place === undefined ? failedNode : html`<a href="#${place}">${failedNode}</a>`}</p>
`
      }<pre tabindex="0">${failure.description}</pre>`
}
${fileLinks(files, anchors)}
</article>
`;
}

/** A line a project, and within it the files by platform. */
function fileLinks(files: Cause['files'], anchors: Anchors): Markup {
  const groups = new Map<string, Cause['files'][number][]>();
  for (const each of files) {
    const key = `${each.project.name}, ${each.file.platform}`;
    groups.set(key, [...(groups.get(key) ?? []), each]);
  }
  const lines = [...groups].map(
    ([place, group]) =>
      html`<li>${place}: ${group.map(({ file }, at) => html`${at > 0 && ', '}<a href="#${anchors.file(file)}">${file.name}</a>`)}</li>
`,
  );
  return html`<ul>
${lines}</ul>`;
}
