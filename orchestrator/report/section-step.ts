import { failureHeadline } from '../core/failure-headline.ts';
import { countOf } from '../core/numbers.ts';
import { unreachable } from '../core/unreachable.ts';
import type { FileVerdict } from '../verdict/verify/verdict.ts';
import { groupsOf } from './groups.ts';
import { askedWords, optionWords } from './left-out.ts';
import type { RunReport } from './run-report.ts';
import { type Section, sectionTitles } from './sections.ts';

/** What a command line is for, and the line. */
export interface CommandLine {
  /** `To look for the cause` */
  readonly aim: string;
  readonly line: string;
}

/** What a command line that goes on from a run has of it. */
type AskedRun = Pick<RunReport, 'asked'> & { readonly release: Pick<RunReport['release'], 'name'> };

/** What the files of one section came to, and what to do about it. */
export interface SectionStep {
  readonly section: Section;
  /** `Build failed: 3 files not built`, without a full stop. */
  readonly what: string;
  /** Why what could not be built was not, a line each: the first few of them. */
  readonly reasons: readonly string[];
  /** How many there are. */
  readonly reasonCount: number;
  /** A sentence or two; absent where there is nothing to say. */
  readonly todo?: string;
  /** The first is that of the terminal. */
  readonly commands: readonly CommandLine[];
}

/** Reasons that are told one by one. */
const mostReasons = 5;

/** @param files those of the section, one at least. */
export function sectionStep(section: Section, files: readonly FileVerdict[], run: RunReport): SectionStep {
  const title = sectionTitles[section];
  const told = { section, what: `${title}: ${countOf(files.length, 'file')} of ${projectsOf(files)}` };
  const quiet = { ...told, reasons: [], reasonCount: 0, commands: [] };
  switch (section) {
    case 'not-built':
      return { ...quiet, todo: 'There is no recipe for them yet: they are not compared.' };
    case 'no-expectation':
      return { ...quiet, todo: 'They can be built again, and compared with nothing.' };
    case 'stale-expectation':
      return { ...quiet, commands: [explainLine(files, run)] };
    case 'toolchain-unavailable':
      return unbuilt(section, files, run, `${notOurs} Another Go module proxy may have it.`);
    case 'source-unavailable':
      return unbuilt(section, files, run, hasMovedTag(files) ? undefined : notOurs);
    case 'stopped':
      return {
        ...quiet,
        what: `${title}: ${countOf(files.length, 'file')}`,
        todo: 'The same command goes on from there.',
        commands: [againLine(files, run)],
      };
    case 'explained':
    case 'different':
      return { ...quiet, commands: linesOfDifferent(files, run) };
    case 'infra-failed':
      return unbuilt(section, files, run, 'When that is mended, the same command goes on from there.');
    case 'build-failed':
      return unbuilt(
        section,
        files,
        run,
        `${ownPatches(files, run)}The same command builds only what is still missing.`,
      );
    default:
      return unreachable(section);
  }
}

/** What the user can mend: the patch that does not apply, or else all of the user's own on what does not compile. */
function ownPatches(files: readonly FileVerdict[], { projects }: RunReport): string {
  const own = new Map(projects.map(({ name, userPatches }) => [name, userPatches.map(({ path }) => path)]));
  const suspects = files.flatMap(({ project, failure }) => {
    const paths = own.get(project) ?? [];
    return failure?.reason === 'patch-failed' ? paths.filter((path) => path === failure.patch) : paths;
  });
  const named = [...new Set(suspects)];
  if (named.length === 0) return '';
  return `Mend or remove ${named.join(', ')}${named.length > 1 ? ', whichever is at fault' : ''}. `;
}

const notOurs = 'What cannot be had does not count as failed.';

function hasMovedTag(files: readonly FileVerdict[]): boolean {
  return files.some(({ failure }) => failure?.reason === 'moved-tag');
}

function linesOfDifferent(files: readonly FileVerdict[], run: AskedRun): readonly CommandLine[] {
  const look = {
    aim: 'For a closer look at what was built',
    line: `eksd-rebuild build ${asRun(run)} --output built/`,
  };
  const isConfirmed = ({ explanation }: FileVerdict) => explanation?.confidence === 'confirmed';
  const confirmed = files.filter(isConfirmed);
  const accept =
    confirmed.length === 0
      ? []
      : [
          {
            aim: 'To build what is explained so from now on',
            line: `${explainLine(confirmed, run).line} --accept`,
          },
        ];
  const open = files.filter(({ explanation }) => explanation === undefined);
  if (open.length > 0) {
    const whole = { aim: 'To look for the cause', line: `eksd-rebuild explain ${asRun(run)}` };
    const own = explainLine(open, run);
    return [
      whole,
      ...(own.line === whole.line ? [] : [{ ...own, aim: 'Of these files alone' }]),
      ...accept,
      look,
    ];
  }
  const unsure = files.filter((file) => !isConfirmed(file));
  const compare =
    unsure.length === 0
      ? []
      : [
          {
            aim: 'To compare what is inside, with the published file at hand as FILE',
            line: `${explainLine(unsure, run).line} --published FILE`,
          },
        ];
  return [look, ...accept, ...compare];
}

function explainLine(files: readonly FileVerdict[], run: AskedRun): CommandLine {
  return {
    aim: 'To look for the cause',
    line: partLine('explain', files, run),
  };
}

/** What does these files alone again: what is in the store already is not done again. */
function againLine(files: readonly FileVerdict[], run: AskedRun): CommandLine {
  return { aim: 'To try again', line: partLine('verify', files, run) };
}

/** About no more than what these files are of; where that is less than the run was of, its report stays as it is. */
function partLine(command: string, files: readonly FileVerdict[], run: AskedRun): string {
  const part = run.release.name + selection(files, run);
  return `eksd-rebuild ${command} ${part}${part === asRun(run) ? '' : partReport}`;
}

/** The report of a part, beside that of the whole. */
export const partReport = ' --report part.json';

/** Names of a list that a command line has; of more, all that the run was of are meant. */
const mostNames = 4;

function selection(files: readonly FileVerdict[], { asked }: AskedRun): string {
  const list = (option: string, names: readonly string[], words: readonly string[] = []) => {
    const distinct = [...new Set(names)];
    return optionWords(option, distinct.length > mostNames ? words : distinct);
  };
  const projects = files.map(({ project }) => project);
  const platforms = files.map(({ platform }) => platform);
  return list('project', projects, asked?.projects) + list('platform', platforms, asked?.platforms);
}

/** The release, and what of it a run was of: another command is of no more. */
export function asRun({ release, asked }: AskedRun): string {
  return release.name + askedWords(asked);
}

function unbuilt(
  section: Section,
  files: readonly FileVerdict[],
  run: AskedRun,
  todo: string | undefined,
): SectionStep {
  const causes = groupsOf(files);
  return {
    section,
    what: `${sectionTitles[section]}: ${countOf(files.length, 'file')} not built`,
    reasons: causes.slice(0, mostReasons).flatMap((group) => group.slice(0, 1).map(causeOf)),
    reasonCount: causes.length,
    ...(todo === undefined ? {} : { todo }),
    commands: [againLine(files, run)],
  };
}

function causeOf({ failure, failedNode, project, why }: FileVerdict): string {
  return failure === undefined
    ? `${project}: ${why}`
    : `${failedNode ?? project}: ${failureHeadline(failure)}`;
}

function projectsOf(files: readonly FileVerdict[]): string {
  const projects = [...new Set(files.map(({ project }) => project))];
  return projects.length > 3 ? countOf(projects.length, 'project') : projects.join(', ');
}
