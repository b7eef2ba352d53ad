import { countOf } from '../../core/numbers.ts';
import type { ReportJson } from '../report-json.ts';
import { html, type Markup } from './markup.ts';

/** What changed since a former release, folded: the page is about this one. */
export function changesNote({ changes }: ReportJson): Markup {
  if (changes === undefined) return html``;
  return html`
<details><summary>Since ${changes.since}: ${countOf(changes.projects.length, 'project')} changed</summary>
<pre>${changes.text}</pre>
</details>`;
}
