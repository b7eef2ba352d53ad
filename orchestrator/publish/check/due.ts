import type { Archive } from '../../verdict/archive/archive.ts';
import { type About, differs, type Finding, same } from './finding.ts';

/** What the recipe of a release puts into an archive. */
export interface DueMembers {
  /** Files: `kubernetes/server/bin/kubelet`. */
  readonly files: readonly string[];
  /** Folders with whatever is in them: `kubernetes/LICENSES`. */
  readonly folders: readonly string[];
}

/** How many names a sentence has room for. */
const named = 5;

/** Says whether an archive has the members that are due, and no others. */
export function checkDue(about: About, { members }: Archive, due: DueMembers): Finding {
  const files = [...members.values()].filter(({ kind }) => kind !== 'folder').map(({ path }) => path);
  const has = new Set(files);
  const missing = [
    ...due.files.filter((path) => !has.has(path)),
    ...due.folders.filter((folder) => !files.some((path) => path.startsWith(`${folder}/`))),
  ];
  const wanted = new Set(due.files);
  const strange = files.filter(
    (path) => !wanted.has(path) && !due.folders.some((folder) => path.startsWith(`${folder}/`)),
  );
  if (missing.length + strange.length === 0) return same(about, 'It has the members that are due.');
  const parts = [
    ...(missing.length === 0 ? [] : [`it lacks ${listOf(missing)}`]),
    ...(strange.length === 0 ? [] : [`nothing says why it has ${listOf(strange)}`]),
  ];
  const sentence = parts.join('; ');
  return differs(about, `${sentence.charAt(0).toUpperCase()}${sentence.slice(1)}.`);
}

/** The first few of a list. */
export function listOf(paths: readonly string[]): string {
  const more = paths.length > named ? `, and ${paths.length - named} more` : '';
  return `${paths.slice(0, named).join(', ')}${more}`;
}
