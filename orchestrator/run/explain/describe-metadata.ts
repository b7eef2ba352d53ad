import { countOf } from '../../core/numbers.ts';
import { nameOfDifference } from '../../verdict/explain/foretell.ts';
import type { Metadata, MetadataDifference } from '../../verdict/explain/read-metadata.ts';
import type { Variant } from '../../verdict/explain/variant.ts';
import { describeDifference } from '../../verdict/inspect/describe-difference.ts';
import type { AskedFile } from './plan-program.ts';

/** Variants of a difference that are told. */
const shownVariants = 3;

/** What is compared with the published program: a program of our own, or what its plan says of it. */
export type ComparedWith = 'built' | 'planned';

/** What the build information of a published program says, for a reader. @param where it was found. Ends in a line end. */
export function describeMetadata(
  { project, platform, name }: AskedFile,
  where: string,
  metadata: Metadata,
  compared: ComparedWith,
): string {
  const { differences, same, unknown, undecided } = metadata;
  const other = compared === 'built' ? 'our own build' : 'the plan';
  const { length } = differences;
  const count = length === 0 ? 'nothing differs' : countOf(length, 'line differs', 'lines differ');
  return [
    `${project} ${platform} ${name} (${where}) against ${other}: ${count}`,
    ...differences.flatMap((each) => describeOne(each, compared)),
    ...list('the same', same.map(labelOf)),
    ...list('not known before it is built', unknown.map(labelOf)),
    ...list('not to be seen in it', undecided),
  ]
    .map((line) => `${line}\n`)
    .join('');
}

function describeOne(
  { difference, cause, fix, variants, isForetold }: MetadataDifference,
  compared: ComparedWith,
): readonly string[] {
  const shown = variants.slice(0, shownVariants);
  const more = variants.length - shown.length;
  const words = isForetold ? 'makes it so' : 'may make it so';
  return [
    ...sidesOf(difference, compared).map((line) => `  ${line}`),
    ...(cause === undefined ? [] : [`    ${cause}`]),
    ...shown.map((variant) => `    ${nameOf(variant)} ${words}: ${JSON.stringify(variant.override)}`),
    ...(more > 0 ? [`    and ${more} more`] : []),
    ...(shown.length === 0 && fix !== undefined ? [`    ${fix}`] : []),
  ];
}

function sidesOf(difference: MetadataDifference['difference'], compared: ComparedWith): readonly string[] {
  const label = labelOf(nameOfDifference(difference));
  if (!('built' in difference)) return describeDifference(difference).split('\n');
  const { built, published } = difference;
  return [`${label}: published ${quoted(published)}, ${compared} ${quoted(built)}`];
}

/** A value as it is where blanks at its ends are seen. */
function quoted(value: unknown): string {
  if (value === undefined || value === '') return 'none';
  const text = String(value);
  return /\s/.test(text) ? JSON.stringify(text) : text;
}

function nameOf({ what, name }: Variant): string {
  return name === undefined ? what : `${what} (${name})`;
}

function list(title: string, names: readonly string[]): readonly string[] {
  return names.length === 0 ? [] : [`  ${title}: ${[...new Set(names)].join(', ')}`];
}

/** A line as `go version -m` has it. */
function labelOf(name: string): string {
  const [kind = '', ...rest] = name.split(' ');
  const what = rest.join(' ');
  switch (kind) {
    case 'go-version':
      return 'Go';
    case 'setting':
      return what;
    case 'vcs':
      return what === 'stamp' ? 'vcs' : `vcs.${what}`;
    case 'main-module':
      return what === 'path' ? 'mod' : `mod ${what}`;
    default:
      return 'dep';
  }
}
