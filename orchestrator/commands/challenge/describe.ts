import { countOf } from '../../core/numbers.ts';
import { visible } from '../../core/visible.ts';
import { renderTable } from '../../report/table.ts';
import type { Challenge, ComparedRow } from '../../statement/trust/challenge.ts';

/** Characters of a hash that tell two apart on a screen. */
const shownOfHash = 12;

/** Differing inputs of one kind of trouble that are shown; JSON has them all. */
const mostInputs = 12;

/** A table a file, then what differs: first the inputs, then who stands alone, and how to find out; then how much it was. */
export function describeChallenge(challenge: Challenge): string {
  const { rows, rebuilders, refused, policy } = challenge;
  const lines = [
    ...(rows.length === 0 ? ['Nobody says anything about it.'] : tableOf(rows, rebuilders)),
    ...troublesIn(rows).flatMap(describeTrouble),
    ...(refused.length === 0 ? [] : ['', 'What shows nothing:']),
    ...refused.map(
      ({ place, signer, why }) => `  ${place}${signer === undefined ? '' : ` (${signer})`} ${why}`,
    ),
    '',
    ...totalsOf(challenge),
    ...(policy === undefined ? ['No signature was checked: --policy says whose count.'] : []),
  ];
  return `${lines.map(visible).join('\n')}\n`;
}

function tableOf(rows: readonly ComparedRow[], rebuilders: readonly string[]): readonly string[] {
  const cells = rows.map(({ name, state, says }) => [
    { text: `${state === 'agreed' ? '✔' : '✖'} ${name}` },
    ...rebuilders.map((rebuilder) => {
      const own = says.filter((each) => each.rebuilder === rebuilder);
      return { text: own.length === 0 ? '-' : own.map(cellOf).join(' and ') };
    }),
  ]);
  const aligns = ['left', ...rebuilders.map(() => 'left')] as const;
  return renderTable([...aligns] as 'left'[], [['', ...rebuilders].map((text) => ({ text })), ...cells]);
}

function cellOf({ verdict, built }: ComparedRow['says'][number]): string {
  return built === undefined ? verdict : `${verdict} ${built.slice(0, shownOfHash)}`;
}

/** Rows that differ in the same way: the same inputs, the same one alone. */
function troublesIn(rows: readonly ComparedRow[]): readonly (readonly ComparedRow[])[] {
  const groups = new Map<string, ComparedRow[]>();
  for (const row of rows.filter(({ state }) => state === 'differs')) {
    const sides = sidesOf(row).map(([, who]) => who);
    const key = JSON.stringify([row.inputs, row.told, row.alone, row.contradicts, sides]);
    groups.set(key, [...(groups.get(key) ?? []), row]);
  }
  return [...groups.values()];
}

function describeTrouble(rows: readonly ComparedRow[]): readonly string[] {
  const [row] = rows as [ComparedRow];
  const { alone, contradicts } = row;
  const explains = rows.flatMap(({ explain }) => (explain === undefined ? [] : [explain]));
  return [
    '',
    ...rows.map(({ name }) => name),
    ...describeInputs(row),
    ...contradicts.map((who) => `  ${who} says two things of it, and counts for neither.`),
    alone === undefined ? `  They differ: ${sidesText(row)}.` : `  ${alone} stands alone: ${sidesText(row)}.`,
    ...(explains.length === 0 ? [] : ['  To find out here what comes of it, and why:']),
    ...explains.map((command) => `    ${command}`),
  ];
}

function describeInputs({ inputs, told, says }: ComparedRow): readonly string[] {
  const silent = [...new Set(says.map(({ rebuilder }) => rebuilder))].filter((each) => !told.includes(each));
  const untold = silent.length === 0 ? [] : [`  What it was built from is not told by ${silent.join(', ')}.`];
  if (told.length < 2) return untold;
  if (inputs.length === 0)
    return ['  What they were built from is the same, as far as it is told.', ...untold];
  const more = inputs.length - mostInputs;
  return [
    '  What they were built from differs in:',
    ...inputs.slice(0, mostInputs).map(({ input, values }) => {
      const sides = groupBy(values, ({ value }) => value ?? 'none').map(
        ([value, own]) => `${value} (${own.map(({ rebuilder }) => rebuilder).join(', ')})`,
      );
      return `    ${input}: ${sides.join(', ')}`;
    }),
    ...(more > 0 ? [`    and ${countOf(more, 'thing')} more: --json has them`] : []),
    ...untold,
  ];
}

type Saying = ComparedRow['says'][number];

/** What is said, and by whom. */
function sidesOf({ says }: ComparedRow): readonly (readonly [Saying, readonly string[]])[] {
  const groups = groupBy(says, ({ published = '', built, verdict }) => `${published} ${built ?? verdict}`);
  return groups.map(([, own]) => [own[0] as Saying, own.map(({ rebuilder }) => rebuilder)]);
}

function sidesText(row: ComparedRow): string {
  const isOfOthers = new Set(row.says.map(({ published }) => published)).size > 1;
  return sidesOf(row)
    .map(([saying, who]) => {
      const of = isOfOthers ? ` of ${saying.published?.slice(0, shownOfHash) ?? 'nothing published'}` : '';
      return `${cellOf(saying)}${of} (${who.join(', ')})`;
    })
    .join(' against ');
}

function totalsOf({ rows, needed }: Challenge): readonly string[] {
  const count = (state: ComparedRow['state']) => rows.filter((row) => row.state === state).length;
  const alone = groupBy(
    rows.filter((row) => row.alone !== undefined),
    ({ alone: who }) => who ?? '',
  );
  const of = countOf(rows.length, 'file or image', 'files and images');
  return [
    `Of ${of}: agreed by ${needed} or more ${count('agreed')}, differing ${count('differs')}, said by fewer ${count('too-few')}.`,
    ...alone.map(([who, own]) => `${who} stands alone in ${countOf(own.length, 'case')}.`),
    ...(alone.length === 0 ? [] : [honest]),
  ];
}

const honest =
  'That others agree does not show that they are right: they may be one party, or make one mistake. A build of your own does.';

function groupBy<T>(
  items: readonly T[],
  keyOf: (item: T) => string,
): readonly (readonly [string, readonly T[]])[] {
  const groups = new Map<string, T[]>();
  for (const item of items) groups.set(keyOf(item), [...(groups.get(keyOf(item)) ?? []), item]);
  return [...groups];
}
