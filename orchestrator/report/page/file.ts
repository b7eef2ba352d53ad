import { unreachable } from '../../core/unreachable.ts';
import type { Explanation } from '../../verdict/verify/explanation.ts';
import type { FileJson, ProjectJson } from '../recorded-build.ts';
import type { ReportJson } from '../report-json.ts';
import { reproduceScript } from '../reproduce/script.ts';
import { commitRead, lineLink } from '../source-link.ts';
import type { Anchors } from './anchors.ts';
import { isOpen } from './failure-causes.ts';
import { html, type Markup } from './markup.ts';
import { nodeLink } from './tasks.ts';

/** One file: a line, and folded behind it all that is known of it. What somebody has to look at is open. */
export function fileDetails(
  report: ReportJson,
  project: ProjectJson,
  file: FileJson,
  anchors: Anchors,
): Markup {
  const { platform, name, verdict, expected, found, why, node, explanation } = file;
  const mood = moodOfFile(file);
  return html`<details class="file ${mood}" id="${anchors.file(file)}" data-verdict="${verdict}" data-platform="${platform}"${isOpen(file) && html` open`}>
<summary><span class="mark ${mood}" aria-hidden="true">${marks[mood]}</span> <span class="name">${name}</span> <span class="platform">${platform}</span> <span class="verdict ${mood}">${verdict}</span> <span class="short hash">${(found ?? expected)?.slice(0, 12)}</span></summary>
<dl>
<dt>Expected</dt><dd>${expectation(report, file)}</dd>
<dt>Came</dt><dd>${found === undefined ? 'nothing' : found === expected ? 'the same' : html`<span class="hash">${found}</span>`}</dd>
<dt>Verdict</dt><dd><strong class="${mood}">${verdict}</strong>${!file.comparable && ', not comparable'}. ${why}</dd>
${node !== undefined && html`<dt>Built by</dt><dd>${nodeLink(node, anchors)}${file.failedNode !== undefined && file.failedNode !== node && html`; failed: ${nodeLink(file.failedNode, anchors)}`}</dd>`}
</dl>
${failurePart(file, anchors)}
${explanation !== undefined && explanationPart(explanation)}
${scriptPart(report, project, file)}
</details>
`;
}

/** A failure that several files share is told once, among the causes; `why` has its gist. */
function failurePart(file: FileJson, anchors: Anchors): Markup {
  if (file.failure === undefined) return html``;
  const told = anchors.cause(file);
  if (told !== undefined && told.cause.files.length > 1)
    return html`<p><a href="#${told.anchor}">The failure, and what else it hit</a></p>`;
  return html`<pre tabindex="0">${file.failure.description}</pre>`;
}

type Mood = 'good' | 'warn' | 'bad' | 'quiet';

const marks: Readonly<Record<Mood, string>> = { good: '✔', warn: '!', bad: '✖', quiet: '·' };

function moodOfFile({ verdict }: FileJson): Mood {
  switch (verdict) {
    case 'identical':
    case 'equivalent':
      return 'good';
    case 'explained':
    case 'different':
    case 'build-failed':
    case 'infra-failed':
      return 'bad';
    case 'source-unavailable':
    case 'toolchain-unavailable':
    case 'stale-expectation':
      return 'warn';
    case 'no-expectation':
    case 'not-built':
      return 'quiet';
    default:
      return unreachable(verdict);
  }
}

const authorities = {
  built: undefined,
  unchecked: 'Nobody compared it when it was published.',
  copied: 'It was copied from elsewhere.',
  absent: undefined,
} as const;

function expectation({ release }: ReportJson, { expected, where, authority }: FileJson): Markup {
  if (expected === undefined) return html`No published hash speaks of it.`;
  const address = where === undefined ? undefined : lineLink(release.repository, commitRead(release), where);
  const place = address === undefined ? html`${where}` : html`<a href="${address}">${where}</a>`;
  const trust = authorities[authority];
  return html`<span class="hash">${expected}</span>${where !== undefined && html`<br>in ${place}`}${trust !== undefined && html`<br>${trust}`}`;
}

function explanationPart({ cause, evidence, confidence, fix, override, tried }: Explanation): Markup {
  return html`<div class="explanation">
<h4>Cause</h4>
<p>${cause} <span class="dim">(${confidence === 'confirmed' ? 'confirmed by a rebuild' : `confidence: ${confidence}`})</span></p>
${
  evidence.length > 0 &&
  html`<ul>
${evidence.map((each) => html`<li>${each}</li>`)}
</ul>`
}
<p><strong>What to do:</strong> ${fix}</p>
${override !== undefined && html`<pre tabindex="0">${JSON.stringify(override, null, 2)}</pre>`}
${
  tried.length > 0 &&
  html`<details class="tried"><summary>What was tried</summary><ol>
${tried.map(({ rule, what, result }) => html`<li>${what} <span class="dim">(${rule})</span>: ${tries[result]}</li>`)}
</ol></details>`
}
</div>`;
}

const tries = { published: 'the published bytes', different: 'other bytes', failed: 'nothing came' } as const;

function scriptPart(report: ReportJson, project: ProjectJson, file: FileJson): Markup {
  const script = reproduceScript(report, project, file);
  if (script === undefined) return html`<p class="dim">No command that compiles it was run.</p>`;
  return html`<details class="script"><summary>Script that builds it without this program</summary>
<pre tabindex="0" data-copy>${script}</pre></details>`;
}
