import type { JSX } from 'preact';
import { countOf } from '../../core/numbers.ts';
import type { ReportJson } from '../report-json.ts';

/** What changed since a former release, folded: the page is about this one. */
export function ChangesNote({ changes }: Pick<ReportJson, 'changes'>): JSX.Element | null {
  if (changes === undefined) return null;
  return (
    <details>
      <summary>
        Since {changes.since}: {countOf(changes.projects.length, 'project')} changed
      </summary>
      <pre>{changes.text}</pre>
    </details>
  );
}
