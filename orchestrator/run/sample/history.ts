import { type Diagnostic, locate } from '../../core/diagnostic.ts';
import { err, ok, type Result } from '../../core/result.ts';
import type { NewTag } from './fast-import.ts';

/** A commit line of `examples/history.txt`. */
export interface SampleCommit {
  /** RFC 3339 with its zone. */
  readonly date: string;
  /** Names at the top of the folder; `all`: whatever no commit before it has added. */
  readonly adds: readonly string[] | 'all';
  readonly tag: NewTag | undefined;
  readonly message: string;
  /** The complaint that a name, or anything to add at all, is not there. */
  missing(name: string | undefined): Diagnostic;
}

/**
 * Reads the history of the sample's repositories: by folder below `examples`, commits in order.
 * Errors: every line that does not have its five columns, with what is wrong.
 */
export function readSampleHistory(
  file: string,
  text: string,
): Result<ReadonlyMap<string, readonly SampleCommit[]>, readonly Diagnostic[]> {
  const folders = new Map<string, SampleCommit[]>();
  const complaints: Diagnostic[] = [];
  for (const line of text.matchAll(/^[a-z].*$/gm)) {
    const complain = (message: string): Diagnostic => ({
      severity: 'error',
      message,
      location: locate(file, text, line.index, line.index + line[0].length),
    });
    const columns = /^(\S+) +(\S+) +(\S+) +(\S+) +(\S.*)$/.exec(line[0]);
    if (columns === null) {
      complaints.push(complain('expected five columns: folder, date, adds, tag, message'));
      continue;
    }
    const [, folder = '', date = '', adds = '', tag = '', message = ''] = columns;
    const named = /^(annotated|lightweight):(\S+)$/.exec(tag);
    if (!/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(Z|[+-]\d\d:\d\d)$/.test(date) || Number.isNaN(Date.parse(date))) {
      complaints.push(complain(`expected a date such as 2022-03-01T12:30:00+01:00, not ${date}`));
    }
    if (named === null && tag !== '-') {
      complaints.push(complain(`expected annotated:NAME, lightweight:NAME or -, not ${tag}`));
    }
    const commits = folders.get(folder) ?? [];
    folders.set(folder, commits);
    commits.push({
      date,
      adds: adds === '.' ? 'all' : adds === '-' ? [] : adds.split(','),
      tag: named === null ? undefined : { kind: named[1] as NewTag['kind'], name: named[2] ?? '' },
      message,
      missing: (name) =>
        complain(`there is ${name === undefined ? 'nothing' : `no ${name}`} left to add in ${folder}`),
    });
  }
  return complaints.length > 0 ? err(complaints) : ok(folders);
}
