import type { UnsealedLock } from '../../config/lock/lock-file.ts';
import type { Failure } from '../../core/failure.ts';
import { failureHeadline } from '../../core/failure-headline.ts';
import { countOf } from '../../core/numbers.ts';
import { type Align, renderTable } from '../../report/table.ts';

/** Counts over many locks; the locks themselves are not kept. */
export interface Totals {
  add(pins: UnsealedLock): void;
  /** A table with a line for each release branch, and what is remarkable. @param failures by what nobody said. */
  describe(failures: ReadonlyMap<string, Failure>): string;
}

interface BranchTotals {
  releases: number;
  withChecksums: number;
  files: number;
  readonly byAuthority: Map<string, number>;
  /** Numbers of the releases whose Kubernetes has authority `built`. */
  readonly kubernetesBuilt: number[];
}

const authorities = ['built', 'unchecked', 'copied'] as const;
const aligns: readonly Align[] = ['left', 'right', 'right', 'right', 'right', 'right', 'right', 'left'];

export function createTotals(): Totals {
  const branches = new Map<string, BranchTotals>();
  const remarkable = {
    untagged: 0,
    uncommitted: 0,
    different: 0,
    absent: 0,
    unresolved: 0,
    lost: 0,
    tagged: 0,
  };
  return {
    add(pins) {
      const branch = branches.get(pins.branch) ?? noTotals();
      branches.set(pins.branch, branch);
      addRelease(branch, pins);
      const projects = Object.values(pins.projects);
      if (pins.upstream.tag === undefined) remarkable.untagged++;
      if (pins.upstream.releaseCommit === undefined) remarkable.uncommitted++;
      if (pins.upstream.differences.length > 0) remarkable.different++;
      remarkable.absent += projects.filter(({ commit }) => commit === 'absent').length;
      remarkable.unresolved += projects.filter(({ commit }) => commit === 'unresolved').length;
      remarkable.tagged += pins.baseImages.filter(({ digest }) => digest === undefined).length;
      remarkable.lost += projects.flatMap(({ patches }) =>
        patches.filter(({ sha256 }) => sha256 === 'unavailable'),
      ).length;
    },
    describe(failures) {
      const sorted = [...branches].sort(([a], [b]) => Number(a.slice(2)) - Number(b.slice(2)));
      const head = ['branch', 'releases', 'with CHECKSUMS', 'files', ...authorities, 'kubernetes built'];
      const rows = sorted.map(([name, branch]) => [name, ...cells(branch), rangesOf(branch.kubernetesBuilt)]);
      const all = ['all', ...cells(sumOf([...branches.values()])), ''];
      const notes = [
        `${remarkable.untagged} without a tag`,
        `${remarkable.uncommitted} without a release commit: read from the tag`,
        `${remarkable.different} whose tag has other build inputs than the release commit`,
        `${countOf(remarkable.lost, 'patch', 'patches')} whose content the repository lacks`,
        `${countOf(remarkable.absent, 'pin')} of source tags that are not public`,
        `${countOf(remarkable.unresolved, 'pin')} of source tags that are unresolved`,
        `${countOf(remarkable.tagged, 'pin')} of base images by tag alone`,
        ...[...failures].map(([repository, failure]) => `  ${repository}: ${failureHeadline(failure)}`),
      ];
      const table = [head, ...rows, all].map((row) => row.map((text) => ({ text })));
      return `${[...renderTable(aligns, table), '', ...notes].join('\n')}\n`;
    },
  };
}

function noTotals(): BranchTotals {
  return { releases: 0, withChecksums: 0, files: 0, byAuthority: new Map(), kubernetesBuilt: [] };
}

function addRelease(totals: BranchTotals, pins: UnsealedLock): void {
  const checksums = Object.values(pins.projects).flatMap((project) => project.checksums ?? []);
  totals.releases++;
  if (checksums.length > 0) totals.withChecksums++;
  for (const { authority, files } of checksums) {
    totals.files += files.length;
    totals.byAuthority.set(authority, (totals.byAuthority.get(authority) ?? 0) + files.length);
  }
  const kubernetes = pins.projects['kubernetes/kubernetes']?.checksums?.authority;
  if (kubernetes === 'built') totals.kubernetesBuilt.push(Number(pins.number));
}

function sumOf(branches: readonly BranchTotals[]): BranchTotals {
  const sum = noTotals();
  for (const branch of branches) {
    sum.releases += branch.releases;
    sum.withChecksums += branch.withChecksums;
    sum.files += branch.files;
    for (const [name, count] of branch.byAuthority)
      sum.byAuthority.set(name, (sum.byAuthority.get(name) ?? 0) + count);
  }
  return sum;
}

function cells({ releases, withChecksums, files, byAuthority }: BranchTotals): readonly string[] {
  const counts = authorities.map((name) => byAuthority.get(name) ?? 0);
  return [releases, withChecksums, files, ...counts].map(String);
}

/** `12-17`, `1-9, 11`, `never` */
function rangesOf(numbers: readonly number[]): string {
  const ranges: (readonly [number, number])[] = [];
  for (const number of [...numbers].sort((a, b) => a - b)) {
    const last = ranges.at(-1);
    if (last !== undefined && last[1] === number - 1) ranges[ranges.length - 1] = [last[0], number];
    else ranges.push([number, number]);
  }
  const texts = ranges.map(([first, last]) => (first === last ? String(first) : `${first}-${last}`));
  return texts.length === 0 ? 'never' : texts.join(', ');
}
