import type { Colors } from 'picocolors/types.js';
import { describeFailure } from '../../core/describe-failure.ts';
import type { Failure } from '../../core/failure.ts';
import { countOf } from '../../core/numbers.ts';
import type { Explanation } from '../../verdict/verify/explanation.ts';
import type { FileVerdict } from '../../verdict/verify/verdict.ts';
import { groupsOf } from '../groups.ts';
import { sectionOf, sections, sectionTitles } from '../sections.ts';
import { wrap } from './wrap.ts';

/**
 * Every file that is neither identical nor equivalent: what was expected, what came, and why as far as known.
 * A cause that many files share is told once, above their names; digests are shown where something came.
 */
export function otherFiles(
  verdicts: readonly FileVerdict[],
  columns: number,
  colours: Colors,
): readonly string[] {
  return sections.flatMap((section) => {
    const files = verdicts.filter((file) => sectionOf(file) === section);
    if (files.length === 0) return [];
    const title = `${sectionTitles[section]}: ${countOf(files.length, 'file')}`;
    const groups = groupsOf(files).flatMap((group) => ['', ...groupLines(group, columns, colours)]);
    return ['', colours.bold(title), ...groups];
  });
}

/** The files that are as published, each with the hash that says so. */
export function identicalFiles(
  verdicts: readonly FileVerdict[],
  columns: number,
  colours: Colors,
): readonly string[] {
  const files = verdicts.filter((file) => sectionOf(file) === undefined);
  if (files.length === 0) return [];
  const lines = files.flatMap((file) => [
    '',
    ...headLines(file, columns),
    ...digestLines(file, columns, colours),
  ]);
  return ['', colours.bold(`As published: ${countOf(files.length, 'file')}`), ...lines];
}

function groupLines(group: readonly FileVerdict[], columns: number, colours: Colors): readonly string[] {
  const [first] = group;
  if (first === undefined) return [];
  const missing = group.filter((file) => file.found === undefined);
  const made = group.filter((file) => file.found !== undefined);
  return [
    ...headLines(first, columns),
    ...nameLines(missing, columns, colours, first.failure !== undefined),
    ...made.flatMap((file) => digestLines(file, columns, colours)),
    ...(first.explanation === undefined ? [] : explanationLines(first.explanation, columns)),
  ];
}

function headLines({ project, why, failure, failedNode }: FileVerdict, columns: number): readonly string[] {
  if (failure === undefined) return wrap(`${project}: ${why}`, columns, 2, 2);
  if (failure.reason === 'aborted') return wrap(describeFailure(failure), columns, 2);
  return [`  ${failedNode ?? project}`, ...failureLines(failure, columns)];
}

/** A command and its output stay as they are: whoever copies them wants no line ends in them. */
function failureLines(failure: Failure, columns: number): readonly string[] {
  const text = describeFailure(failure);
  if (failure.reason === 'command-failed') return text.split('\n').map((line) => `    ${line}`.trimEnd());
  return wrap(text, columns, 4);
}

/** What stands behind the cause, which is told above the files. */
function explanationLines(explanation: Explanation, columns: number): readonly string[] {
  const { confidence, evidence, fix, tried } = explanation;
  const others = tried.filter(({ result }) => result !== 'published').length;
  const how = confidence === 'confirmed' ? `Confirmed, after ${countOf(others, 'other build')}.` : '';
  const told = confidence === 'confirmed' ? [how] : [`Confidence: ${confidence}.`, ...evidence];
  return [...told, fix].flatMap((line) => wrap(line, columns, 4, 2));
}

/** Names only, a line for each project and platform; of the project only where the lines above do not say it. */
function nameLines(
  files: readonly FileVerdict[],
  columns: number,
  colours: Colors,
  withProject: boolean,
): readonly string[] {
  const groups = new Map<string, string[]>();
  for (const { project, platform, name } of files) {
    const place = withProject ? `${project}  ${platform}` : platform;
    groups.set(place, [...(groups.get(place) ?? []), name]);
  }
  return [...groups].flatMap(([place, names]) =>
    wrap(`${place}  ${names.join(', ')}`, columns, 4, 4).map((line) => colours.dim(line)),
  );
}

/** A digest has a line of its own, 79 columns wide. */
function digestLines(file: FileVerdict, columns: number, colours: Colors): readonly string[] {
  const name = `    ${file.platform}  ${file.name}`;
  const where = file.where ?? '';
  const fits = name.length + 2 + where.length <= columns;
  return [
    fits && where !== '' ? `${name}  ${colours.dim(where)}` : name,
    ...(fits || where === '' ? [] : [`      ${colours.dim(where)}`]),
    ...(file.expected === undefined ? [] : [`      expected ${file.expected}`]),
    `      came     ${file.found}`,
  ];
}
