import { byCodeUnit } from '../../core/canonical-json.ts';
import { type Totals, totalsBy, totalsOf } from '../verify/summary.ts';
import type { VerdictName } from '../verify/verdict.ts';
import type { FileRecord } from './record.ts';

/** What is told apart: each record falls into one group of every kind. */
const kinds = {
  branch: ({ release }: FileRecord) => /^v?([0-9]+-[0-9]+)-/.exec(release)?.[1] ?? release,
  project: ({ project }: FileRecord) => project,
  year: ({ date }: FileRecord) => date.slice(0, 4),
  go: ({ go }: FileRecord) => /^1\.[0-9]+/.exec(go ?? '')?.[0] ?? 'none',
} satisfies Record<string, (record: FileRecord) => string>;

export type GroupKind = keyof typeof kinds;

interface CauseSum {
  readonly verdict: VerdictName;
  /** `unknown` where none was found. */
  readonly cause: string;
  readonly files: number;
  /** Of how many builds. */
  readonly builds: number;
  readonly projects: readonly string[];
}

/** What many records come to. */
export interface RecordSum {
  readonly totals: Totals;
  readonly releases: number;
  /** How many builds decided all of it. */
  readonly builds: number;
  readonly by: Readonly<Record<GroupKind, ReadonlyMap<string, Totals>>>;
  /** Of what is neither identical nor equivalent, those with the most files first. */
  readonly causes: readonly CauseSum[];
}

export function sumRecords(records: readonly FileRecord[]): RecordSum {
  const by = (kind: GroupKind) => totalsBy(records, kinds[kind], numbersFirst);
  return {
    totals: totalsOf(records),
    releases: new Set(records.map(({ release }) => release)).size,
    builds: buildsOf(records),
    by: { branch: by('branch'), project: by('project'), year: by('year'), go: by('go') },
    causes: causesOf(records),
  };
}

function buildsOf(records: readonly FileRecord[]): number {
  return new Set(records.flatMap(({ build }) => build ?? [])).size;
}

/** `1.9` before `1.21`. */
function numbersFirst(a: string, b: string): number {
  return a.localeCompare(b, 'en', { numeric: true }) || byCodeUnit(a, b);
}

function causesOf(records: readonly FileRecord[]): readonly CauseSum[] {
  const groups = new Map<string, FileRecord[]>();
  for (const record of records) {
    if (record.verdict === 'identical' || record.verdict === 'equivalent') continue;
    const name = `${record.verdict} ${record.cause?.kind ?? 'unknown'}`;
    groups.set(name, [...(groups.get(name) ?? []), record]);
  }
  return [...groups.values()]
    .flatMap((group) => {
      const [first] = group;
      if (first === undefined) return [];
      const projects = [...new Set(group.map(({ project }) => project))].sort(byCodeUnit);
      const cause = first.cause?.kind ?? 'unknown';
      return [{ verdict: first.verdict, cause, files: group.length, builds: buildsOf(group), projects }];
    })
    .sort((a, b) => b.files - a.files || byCodeUnit(a.verdict + a.cause, b.verdict + b.cause));
}
