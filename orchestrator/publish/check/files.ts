import type { Lock } from '../../config/lock/lock.ts';
import { countOf } from '../../core/numbers.ts';
import { compareWithExpected, expectedPaths } from '../../release/expected-site.ts';
import { bundleEnding } from '../layout.ts';
import { listOf } from './due.ts';
import { differs, type Finding, same, unsaid } from './finding.ts';

/** Which files upstream's lists name for a release, by their paths below `artifacts/`. */
export interface ListedFiles {
  readonly paths: readonly string[];
  isListed(path: string): boolean;
  /** Holds all that a site has there against the lists. */
  compare(paths: readonly string[]): Finding;
}

const about = { kind: 'files', name: 'artifacts' } as const;

/**
 * @param projects those of the lock that the release holds. @param leftOut files that it was made without: where one is there all the
 * same, nothing is amiss.
 */
export function listedFiles(
  lock: Lock | undefined,
  projects: readonly string[],
  leftOut: ReadonlySet<unknown>,
): ListedFiles {
  const all = lock === undefined ? [] : expectedPaths(lock, projects).map(({ path }) => path);
  const listed = new Set<string>(all.filter((path) => !leftOut.has(path)));
  const without = all.length - listed.size;
  return {
    paths: [...listed],
    isListed: (path) => listed.has(path),
    compare(paths) {
      if (lock === undefined || listed.size === 0)
        return unsaid(about, 'No list says which files a site has.');
      const own = paths.filter((path) => !path.endsWith(bundleEnding));
      const { unexpected, ...compared } = compareWithExpected(own, lock, projects);
      const missing = compared.missing.filter(({ path }) => !leftOut.has(path));
      if (missing.length + unexpected.length === 0) {
        const but =
          without === 0 ? '' : `, but for ${countOf(without, 'file')} of images that it was made without`;
        return same(about, `It has the ${countOf(listed.size, 'file')} that upstream's lists name${but}.`);
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
