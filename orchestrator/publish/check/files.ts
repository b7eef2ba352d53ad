import type { Lock } from '../../config/lock/lock.ts';
import { countOf } from '../../core/numbers.ts';
import { compareWithExpected, expectedPaths } from '../../release/expected-site.ts';
import { listOf } from './due.ts';
import { differs, type Finding, same, unsaid } from './finding.ts';

/** Which files upstream's lists name for a release, by their paths below `artifacts/`. */
export interface ListedFiles {
  isListed(path: string): boolean;
  /** Holds all that a site has there against the lists. */
  compare(paths: readonly string[]): Finding;
}

const about = { kind: 'files', name: 'artifacts' } as const;

/** @param projects those of the lock that the release holds. */
export function listedFiles(lock: Lock | undefined, projects: readonly string[]): ListedFiles {
  const listed = new Set<string>(
    lock === undefined ? [] : expectedPaths(lock, projects).map(({ path }) => path),
  );
  return {
    isListed: (path) => listed.has(path),
    compare(paths) {
      if (lock === undefined || listed.size === 0)
        return unsaid(about, 'No list says which files a site has.');
      const { missing, unexpected } = compareWithExpected(paths, lock, projects);
      if (missing.length + unexpected.length === 0) {
        return same(about, `It has the ${countOf(listed.size, 'file')} that upstream's lists name.`);
      }
      const lacking = missing.map(({ path }) => path);
      const parts = [
        ...(lacking.length === 0 ? [] : [`It lacks ${listOf(lacking)}.`]),
        ...(unexpected.length === 0 ? [] : [`No list names ${listOf(unexpected)}.`]),
      ];
      return differs(about, parts.join(' '));
    },
  };
}
