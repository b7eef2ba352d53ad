import type { Beside } from '../beside.ts';
import type { ReportJson } from '../report-json.ts';

type BesideJson = NonNullable<ReportJson['beside']>;
type ClaimJson = BesideJson['vex'][number]['claims'][number];

/** How many there are of each state that anything is in, the gravest first. */
export type VexCounts = ReadonlyMap<ClaimJson['status'], number>;

/** The first of many, and how many there are. */
export interface Some<T> {
  readonly shown: readonly T[];
  readonly count: number;
}

/** The packages of an image for one platform. */
export interface ShownPackages extends Pick<Beside['packages'][number], 'path' | 'unread'> {
  readonly rpms: Some<string>;
  readonly modules: Some<string>;
}

/** Names of one kind that one image has at most on the page (of ours, the most have some 200 modules), and all of them together. */
const mostOfImage = 500;
const mostOfAll = 20_000;

/** Those for which there is room, by the digest of the manifest: `name version`. */
export function shownPackages(beside: ReportJson['beside']): ReadonlyMap<string, ShownPackages> {
  let left = mostOfAll;
  const some = (all: BesideJson['packages'][number]['rpms']): Some<string> => {
    const shown = all.slice(0, Math.min(left, mostOfImage));
    left -= shown.length;
    return {
      count: all.length,
      shown: shown.map(({ name, version }) => (version === undefined ? name : `${name} ${version}`)),
    };
  };
  return new Map(
    (beside?.packages ?? []).map(({ subject, path, rpms, modules, unread }) => [
      subject,
      { path, unread: unread.slice(0, 10), rpms: some(rpms), modules: some(modules) },
    ]),
  );
}

/** Of all documents together. */
const mostClaims = 300;

/** What a document says, the gravest first, as far as there is room. */
export interface ShownVex {
  readonly path: string;
  readonly claims: Some<ClaimJson>;
  readonly counts: VexCounts;
}

/** The gravest first. */
const vexOrder = ['affected', 'under_investigation', 'fixed', 'not_affected'] as const;

export function shownVex(beside: ReportJson['beside']): readonly ShownVex[] {
  let left = mostClaims;
  return (beside?.vex ?? []).slice(0, mostDocuments).map(({ path, claims }) => {
    const grouped = vexOrder.map((status) => claims.filter((claim) => claim.status === status));
    const shown = grouped.flat().slice(0, left);
    left -= shown.length;
    const counts = countsOf(claims.map(({ status }) => vexOrder.indexOf(status)));
    return { path, counts, claims: { shown, count: claims.length } };
  });
}

/** Vulnerabilities that something is said of, by the digest of what has them. Where documents disagree, the gravest counts. */
export function vexCounts(beside: ReportJson['beside']): ReadonlyMap<string, VexCounts> {
  const said = new Map<string, Map<string, number>>();
  for (const { vulnerability, status, subjects } of (beside?.vex ?? []).flatMap(({ claims }) => claims)) {
    for (const subject of subjects) {
      const own = said.get(subject) ?? new Map<string, number>();
      said.set(subject, own);
      own.set(vulnerability, Math.min(own.get(vulnerability) ?? vexOrder.length, vexOrder.indexOf(status)));
    }
  }
  return new Map([...said].map(([subject, own]) => [subject, countsOf([...own.values()])]));
}

function countsOf(grades: readonly number[]): VexCounts {
  const counts = vexOrder.map(
    (status, grade) => [status, grades.filter((each) => each === grade).length] as const,
  );
  return new Map(counts.filter(([, count]) => count > 0));
}

/** Whoever stated more than one document about a run has said something else each time. */
const mostDocuments = 20;
