import { countOf } from '../../core/numbers.ts';
import { shellQuote } from '../../core/shell-quote.ts';
import { formatSeconds } from '../duration.ts';
import type { CommandJson, NodeJson } from '../recorded-build.ts';
import type { GoPatchReport } from '../run-report.ts';
import { lineLink } from '../source-link.ts';
import type { Anchors } from './anchors.ts';
import { html, type Markup } from './markup.ts';

/** A task with its commands, folded. */
export function taskDetails(node: NodeJson, anchors: Anchors): Markup {
  const { id, kind, title, status, secondsWhenRun, commands, notes = [] } = node;
  const isBad = status === 'failed' || status === 'skipped' || status === 'aborted';
  return html`<details class="task" id="${anchors.node(id)}">
<summary><span class="kind">${kind}</span> <span class="title">${title}</span> <span class="${isBad ? 'bad' : 'dim'}">${status}${secondsWhenRun !== undefined && `, took ${formatSeconds(secondsWhenRun)}`}, ${countOf(commands.length, 'command')}</span></summary>
${notes.length > 0 && html`<p>To know: ${notes.map((note, at) => html`${at > 0 && ', '}<a href="#${anchors.note(node, note)}">how it was made</a>`)}</p>`}
${'failure' in node && node.failure !== undefined && html`<pre tabindex="0">${node.failure.description}</pre>`}
${'because' in node && node.because !== undefined && html`<p>It needs ${nodeLink(node.because, anchors)}, which failed.</p>`}
<dl>
${node.key !== undefined && html`<dt>Key</dt><dd class="hash">${node.key}</dd>`}
${node.tree !== undefined && html`<dt>Output</dt><dd class="hash">${node.tree}</dd>`}
${node.patches !== undefined && html`<dt>Patches</dt><dd><ol>${node.patches.map((patch) => goPatch(patch))}</ol></dd>`}
${node.needs.length > 0 && html`<dt>Needs</dt><dd>${node.needs.map((need, at) => html`${at > 0 && ', '}${nodeLink(need.node, anchors)}`)}</dd>`}
</dl>
${
  commands.length > 0 &&
  html`<ol class="commands">
${commands.map((command) => commandItem(command, anchors))}</ol>`
}
</details>
`;
}

function goPatch({ path, sha256, repository, commit }: GoPatchReport): Markup {
  const address = lineLink(repository, commit, path);
  return html`<li>${address === undefined ? path : html`<a href="${address}">${path}</a>`}<br><span class="hash dim">${sha256}</span></li>
`;
}

export function nodeLink(id: string, anchors: Anchors): Markup {
  const anchor = anchors.node(id);
  return anchor === undefined ? html`${id}` : html`<a href="#${anchor}">${id}</a>`;
}

const isolations = {
  namespace: 'no network (namespace)',
  none: 'no network asked for, none kept away',
  allowed: 'network allowed',
} as const;

const sandboxes = { whole: 'in a sandbox', partial: 'in a part of a sandbox' } as const;

function commandItem(
  { argv, cwd, env, exitCode, seconds, isolation, sandbox }: CommandJson,
  anchors: Anchors,
): Markup {
  const end =
    exitCode === null ? 'ended by a signal' : exitCode === 0 ? undefined : `exited with ${exitCode}`;
  const environment = anchors.environment(env);
  return html`<li><pre tabindex="0">${argv.map(shellQuote).join(' ')}</pre>
<p class="dim">in <code>${cwd}</code>, <a href="#${environment?.anchor}">environment of ${environment?.name}</a>, ${isolations[isolation]}${sandbox !== undefined && `, ${sandboxes[sandbox]}`}, ${formatSeconds(seconds)}${end !== undefined && html`, <strong class="bad">${end}</strong>`}</p></li>
`;
}
