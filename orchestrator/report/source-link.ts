import type { ReportJson } from './report-json.ts';

/** Which commit of upstream's repository the release was read from; undefined where the report names none. */
export function commitRead({ tree, releaseCommit, tag }: ReportJson['release']): string | undefined {
  return (tree === 'release' ? releaseCommit : tag)?.commit;
}

/**
 * Where a line of a file can be read in a browser. Undefined where the repository's address is not known to have such
 * pages: GitHub and GitLab have.
 * @param where `path/to/FILE:12`, or without a line.
 */
export function lineLink(repository: string, commit: string | undefined, where: string): string | undefined {
  const base = webAddress(repository);
  if (base === undefined || commit === undefined) return undefined;
  const [, path = '', line] = /^(.*?)(?::(\d+))?$/.exec(where) ?? [];
  const words = path.split('/').map(encodeURIComponent).join('/');
  const place = base.startsWith('https://github.com/') ? 'blob' : '-/blob';
  return `${base}/${place}/${commit}/${words}${line === undefined ? '' : `#L${line}`}`;
}

/** Where a commit, or a tag, can be looked at. */
export function treeLink(repository: string, revision: string): string | undefined {
  const base = webAddress(repository);
  if (base === undefined) return undefined;
  const place = base.startsWith('https://github.com/') ? 'tree' : '-/tree';
  return `${base}/${place}/${revision.split('/').map(encodeURIComponent).join('/')}`;
}

/** Of `https://github.com/<org>/<repo>.git`, without the end. */
function webAddress(repository: string): string | undefined {
  const plain = repository.replace(/\/$/, '').replace(/\.git$/, '');
  return /^https:\/\/git(hub|lab)\.com\/[\w.-]+(\/[\w.-]+)+$/.test(plain) ? plain : undefined;
}
