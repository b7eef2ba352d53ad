import { countOf } from '../../core/numbers.ts';
import { renderTable } from '../../report/table.ts';
import { renderVersion } from '../../rpm/repository/rpm-version.ts';
import { isSecurityUpdate, type PackageChange } from '../../rpm/repository/updates.ts';

/** Changes of a base image's packages as lines of a table, two blanks in front of each. */
export function renderChanges(changes: readonly PackageChange[]): readonly string[] {
  const head = ['package', 'locked', 'newer', 'for', 'why'];
  const rows = changes.map((change) => [
    change.name,
    change.from === undefined ? '' : renderVersion(change.from),
    change.to === undefined ? 'no longer in it' : renderVersion(change.to),
    change.architectures.length > 1 ? 'both' : change.architectures.join(),
    change.advisories
      .map(({ id, severity, cves }) => [id, severity, ...cves].filter(Boolean).join(' '))
      .join('; '),
  ]);
  const cells = [head, ...rows].map((row) => row.map((text) => ({ text })));
  return renderTable(['left', 'left', 'left', 'left', 'left'], cells).map((line) => `  ${line}`);
}

/** `3 packages, 1 of them for security`. */
export function countChanges(changes: readonly PackageChange[]): string {
  const security = changes.filter(isSecurityUpdate).length;
  const packages = countOf(changes.length, 'package');
  if (security === 0) return `${packages}, none for security`;
  return changes.length === 1 ? `${packages}, for security` : `${packages}, ${security} of them for security`;
}

/** A change as JSON has it: versions as texts. */
export function changeToJson(change: PackageChange): unknown {
  return {
    name: change.name,
    from: change.from === undefined ? null : renderVersion(change.from),
    to: change.to === undefined ? null : renderVersion(change.to),
    architectures: change.architectures,
    security: isSecurityUpdate(change),
    advisories: change.advisories,
  };
}
