import { countOf } from '../../core/numbers.ts';
import { visible } from '../../core/visible.ts';
import { renderTable } from '../../report/table.ts';
import { compareSides } from '../../vulnerability/compare.ts';
import type { Finding, Side, SideName, Subject, Vulnerabilities } from '../../vulnerability/finding.ts';
import { sideNames, totalOf } from '../../vulnerability/result-json.ts';

const titles: Readonly<Record<SideName, string>> = {
  ours: 'ours',
  published: 'published',
  against: 'against',
};

/** What was found, in lines to be read: a table of all, what ours have, and how they compare. */
export function vulnerabilitiesText(found: Vulnerabilities): string {
  const { subjects, unclaimed, sources } = found;
  const sides = sideNames.filter((name) => subjects.some((subject) => subject.sides[name] !== undefined));
  const lines = [
    `Go vulnerability database of ${sources.go.modified}: ${countOf(sources.go.records, 'record')}, SHA-256 ${sources.go.sha256}`,
    ...(sources.go.unreadable.length === 0
      ? []
      : [
          `Of these, ${countOf(sources.go.unreadable.length, 'record')} cannot be read: what has such a module is not known.`,
        ]),
    ...(sides.includes('against') ? [`Against: ${found.against}`] : []),
    '',
    ...table(subjects, sides),
    '',
    ...subjects.flatMap(details),
    ...unclaimed.map(
      ({ id, project, patch, why }) =>
        `Not claimed as fixed: ${id} in ${project}, which ${patch} names: ${why}.`,
    ),
    ...(unclaimed.length === 0 ? [] : ['']),
    ...sides.map((name) => total(subjects, name)),
  ];
  return `${lines.map(visible).join('\n')}\n`;
}

function table(subjects: readonly Subject[], sides: readonly SideName[]): readonly string[] {
  const head = ['', 'platform', ...sides.map((name) => titles[name])];
  const rows = subjects.map((subject) => [
    `${subject.kind} ${subject.name}`,
    subject.platform,
    ...sides.map((name) => cell(subject.sides[name])),
  ]);
  const aligns = head.map((_, at) => (at < 2 ? ('left' as const) : ('right' as const)));
  return renderTable(
    aligns,
    [head, ...rows].map((row) => row.map((text) => ({ text }))),
  );
}

/** How many ids; `?` where it is not known, `+?` where there may be more. */
function cell(side: Side | undefined): string {
  if (side === undefined) return '-';
  if (!side.known) return '?';
  const count = new Set(side.findings.filter(({ state }) => state === 'affected').map(({ id }) => id)).size;
  const isOpen = side.gaps.length > 0 || side.findings.some(({ state }) => state === 'unknown');
  return `${count}${isOpen ? '+?' : ''}`;
}

function details(subject: Subject): readonly string[] {
  const { kind, name, platform, sides } = subject;
  const { ours } = sides;
  const lines = [
    ...(ours?.known === true ? ours.findings.map(findingLine) : []),
    ...sideNames.flatMap((side) => whatIsNotKnown(side, sides[side])),
    ...compareSides(subject).flatMap(({ with: other, both, onlyOurs, onlyTheirs, unknown }) => [
      `  ${titles[other]}: ${both.length} in both, ${onlyOurs.length} only here, ${onlyTheirs.length} only there${unknown.length > 0 ? `, ${unknown.length} not known` : ''}`,
      ...listed('only here', onlyOurs),
      ...listed('only there', onlyTheirs),
    ]),
  ];
  return lines.length === 0 ? [] : [`${kind} ${name}, ${platform}`, ...lines, ''];
}

const words: Readonly<Record<Finding['state'], string>> = {
  ...{ affected: 'affected', unknown: 'not known', fixed: 'fixed', 'not-affected': 'not affected' },
};

function findingLine({ id, state, component, version, why }: Finding): string {
  return `  ${words[state].padEnd(12)}  ${id}  ${[component, version].join(' ').trim()}: ${why}`;
}

function whatIsNotKnown(name: SideName, side: Side | undefined): readonly string[] {
  if (side === undefined) return [];
  const all = side.known ? side.gaps : [side.why];
  return all.map((why) => `  not known of ${titles[name]}: ${why}`);
}

function listed(word: string, ids: readonly string[]): readonly string[] {
  return ids.length === 0 ? [] : [`    ${word}: ${ids.join(', ')}`];
}

function total(subjects: readonly Subject[], side: SideName): string {
  const { affected, partial } = totalOf(subjects, side);
  const count =
    affected === null ? 'not known' : countOf(affected.length, 'vulnerability', 'vulnerabilities');
  return `${titles[side]}: ${count}${affected !== null && partial ? ', and there may be more: not all is known' : ''}.`;
}
