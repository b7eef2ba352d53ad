import { countOf } from '../../core/numbers.ts';
import { goText } from '../go-text.ts';
import { ownerOf, shared } from '../owner.ts';
import type { ProjectJson } from '../recorded-build.ts';
import type { ReportJson } from '../report-json.ts';
import { commitRead, lineLink, treeLink } from '../source-link.ts';
import type { Anchors } from './anchors.ts';
import { isOpen } from './failure-causes.ts';
import { fileDetails } from './file.ts';
import { html, type Markup } from './markup.ts';
import { taskDetails } from './tasks.ts';
import { countsText, markOf, moodOf } from './totals.ts';

/** All files, by project; a project is open where one of its files is. */
export function filesSection(report: ReportJson, anchors: Anchors): Markup {
  return html`<section aria-labelledby="files">
<h2 id="files">Files</h2>
${filterForm(report)}
${report.projects.map((project) => projectDetails(report, project, anchors))}</section>
`;
}

/** Only with JavaScript of any use, and only with it seen. */
function filterForm({ projects }: ReportJson): Markup {
  const files = projects.flatMap((project) => project.files);
  const options = (texts: readonly string[]) =>
    [...new Set(texts)].sort().map((text) => html`<option>${text}</option>`);
  return html`<form id="filter" role="search" aria-label="Files" hidden>
<label>Text <input type="search" name="text" autocomplete="off" spellcheck="false"></label>
<label>Verdict <select name="verdict"><option value="">all</option>${options(files.map(({ verdict }) => verdict))}</select></label>
<label>Project <select name="project"><option value="">all</option>${options(projects.map(({ name }) => name))}</select></label>
<label>Platform <select name="platform"><option value="">all</option>${options(files.map(({ platform }) => platform))}</select></label>
<button type="reset">Clear</button>
<output role="status">${countOf(files.length, 'file')}</output>
</form>`;
}

function projectDetails(report: ReportJson, project: ProjectJson, anchors: Anchors): Markup {
  const { name, tag, totals, files } = project;
  const nodes = report.nodes.filter((node) => ownerOf(node) === name);
  return html`<details class="project" id="${anchors.project(project)}" data-project="${name}"${files.some(isOpen) && html` open`}>
<summary>${markOf(moodOf(totals))} <h3>${name}</h3> <span class="dim">${tag}</span> <span class="counts ${moodOf(totals)}">${countsText(totals)}</span></summary>
<div class="files">
${files.map((file) => fileDetails(report, project, file, anchors))}</div>
<h4>What it is made of</h4>
${facts(report, project)}
${
  nodes.length > 0 &&
  html`<h4>Commands</h4>
${nodes.map((node) => taskDetails(node, anchors))}`
}</details>
`;
}

function facts({ release }: ReportJson, project: ProjectJson): Markup {
  const { repository, tag, commit, go, patches, userPatches, markers, overlay } = project;
  const upstream = (where: string) => readLink(release, where);
  const hashed = ({ sha256 }: { readonly sha256: string }, place: Markup) =>
    html`<li>${place}<br><span class="hash dim">${sha256}</span></li>
`;
  return html`<dl>
<dt>Source</dt><dd>${linked(treeLink(repository, tag), `${repository} ${tag}`)}<br><span class="hash dim">${commit}</span></dd>
${go !== undefined && html`<dt>Go</dt><dd>${goText(go)}, read in ${upstream(go.read)}${go.origin !== undefined && html`<br><span class="dim">${go.flavour}: ${go.origin}</span>`}${go.others.map((other) => html`<br><span class="dim">${other.version} in ${upstream(other.read)}</span>`)}</dd>`}
${patches.length > 0 && html`<dt>Patches</dt><dd><ol>${patches.map((patch) => hashed(patch, upstream(patch.path)))}</ol></dd>`}
${userPatches.length > 0 && html`<dt>Your patches</dt><dd><ol>${userPatches.map((patch) => hashed(patch, html`${patch.path}`))}</ol></dd>`}
${overlay !== undefined && html`<dt>Overlay</dt><dd>${overlay.because} <span class="dim">(${overlay.file})</span></dd>`}
${markers.length > 0 && html`<dt>Files beside it</dt><dd>${markers.join(', ')} <span class="dim">(empty; for them, Go stamps the checkout as modified)</span></dd>`}
</dl>`;
}

/** @param where a path in upstream's tree, with or without a line, or `<org>/<repo> <path>:<line>@<commit>`. */
function readLink(release: ReportJson['release'], where: string): Markup {
  const other = /^([\w.-]+\/[\w.-]+) (\S+)@([0-9a-f]{40})$/.exec(where);
  if (other === null) return linked(lineLink(release.repository, commitRead(release), where), where);
  const [, name = '', place = '', commit = ''] = other;
  const host = /^https:\/\/[^/]+\//.exec(release.repository)?.[0] ?? '';
  return linked(lineLink(host + name, commit, place), `${name} ${place}`);
}

function linked(address: string | undefined, text: string): Markup {
  return address === undefined ? html`${text}` : html`<a href="${address}">${text}</a>`;
}

/** What several projects share: toolchains. */
export function sharedSection({ nodes }: ReportJson, anchors: Anchors): Markup {
  const common = nodes.filter((node) => ownerOf(node) === shared);
  if (common.length === 0) return html``;
  return html`<section aria-labelledby="shared">
<h2 id="shared">Shared by projects</h2>
${common.map((node) => taskDetails(node, anchors))}</section>
`;
}
