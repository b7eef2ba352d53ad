import type { Colors } from 'picocolors/types.js';
import { failureHeadline } from '../../core/failure-headline.ts';
import { countOf } from '../../core/numbers.ts';
import { unreachable } from '../../core/unreachable.ts';
import type { FileVerdict } from '../../verdict/verify/verdict.ts';
import { goNotes } from '../go-text.ts';
import { imageState } from '../image-report.ts';
import { leftOutText } from '../left-out.ts';
import type { RunReport } from '../run-report.ts';
import { type Section, sectionOf, sections, sectionTitles } from '../sections.ts';
import { groupsOf } from './files.ts';
import { wrap } from './wrap.ts';

/**
 * The last lines on the screen: what there is to know, the three counts, and then what failed and what to do about it,
 * gravest last.
 */
export function closing(report: RunReport, columns: number, colours: Colors): readonly string[] {
  const notes = [
    ...notesOf(report),
    ...notesOfImages(report),
    ...notesOfLeftOut(report),
    ...notesOfChanges(report),
    ...notesOfGo(report),
    ...notesOfNodes(report),
    ...notesOfOverlay(report),
  ];
  const isQuiet = ({ mark }: Note) => mark === '·';
  const ordered = [...notes.filter(isQuiet), countsOf(report), ...notes.filter((note) => !isQuiet(note))];
  return ['', ...ordered.flatMap((note) => noteLines(note, columns, colours))];
}

type Mark = '✔' | '✖' | '!' | '·' | '■';

interface Note {
  readonly mark: Mark;
  readonly text: string;
  /** The cause, where there is just one, and what to do. */
  readonly more?: readonly string[];
}

function countsOf({ totals }: RunReport): Note {
  const { identical, comparable, all } = totals;
  const counts = `identical / comparable / all: ${identical} / ${comparable} / ${all}.`;
  if (comparable === 0) return { mark: '!', text: `${counts} Nothing could be compared.` };
  if (identical === comparable) return { mark: '✔', text: `${counts} No comparable file differs.` };
  const others = comparable - identical;
  return {
    mark: '✖',
    text: `${counts} ${countOf(others, 'comparable is', 'comparable are')} not identical.`,
  };
}

/** The counts are of files: where an image was asked for and not made, they are not the last word. */
function notesOfImages({ images = [] }: RunReport): readonly Note[] {
  const lost = images.filter((image) => imageState(image) === 'not-made');
  if (lost.length === 0) return [];
  const reasons = new Set(
    lost.flatMap(({ failure }) => (failure === undefined ? [] : [failureHeadline(failure)])),
  );
  const text = `${countOf(lost.length, 'image')} of ${images.length} not made.`;
  return [{ mark: '✖', text, more: reasons.size === 1 ? [...reasons] : [] }];
}

function notesOfLeftOut({ leftOut }: RunReport): readonly Note[] {
  const text = leftOut && leftOutText(leftOut);
  return text === undefined ? [] : [{ mark: '·', text }];
}

function notesOfChanges({ changes, release: { name } }: RunReport): readonly Note[] {
  if (changes === undefined) return [];
  const { since, projects } = changes;
  const changed = countOf(projects.length, 'project');
  const text =
    since === name
      ? `Patches of your own change ${changed}. eksd-rebuild diff ${name} --own-patches says what.`
      : `Since ${since}: ${changed} changed. eksd-rebuild diff ${since} ${name} says what.`;
  return [{ mark: '·', text }];
}

function notesOfGo({ projects }: RunReport): readonly Note[] {
  return goNotes(projects).map((text): Note => ({ mark: '·', text }));
}

function notesOfNodes({ nodes }: RunReport): readonly Note[] {
  // Nodes of two platforms often say the same.
  const texts = nodes.flatMap(({ projects, notes }) =>
    notes.map((note) => `${projects.join(', ')}: ${note}`),
  );
  return [...new Set(texts)].map((text): Note => ({ mark: '·', text }));
}

function notesOfOverlay({ projects }: RunReport): readonly Note[] {
  return projects.flatMap(({ name, overlay }): readonly Note[] => {
    if (overlay === undefined) return [];
    return [{ mark: '·', text: `${name}: Built as ${overlay.file} says. ${overlay.because}` }];
  });
}

function notesOf(report: RunReport): readonly Note[] {
  return sections.flatMap((section) => {
    const files = report.verdicts.filter((file) => sectionOf(file) === section);
    return files.length === 0 ? [] : [noteOf(section, files, report.release.name)];
  });
}

function noteOf(section: Section, files: readonly FileVerdict[], release: string): Note {
  const count = countOf(files.length, 'file');
  const title = sectionTitles[section];
  switch (section) {
    case 'not-built':
    case 'no-expectation':
    case 'stale-expectation':
      return { mark: '·', text: `${title}: ${count} of ${projectsOf(files)}.` };
    case 'toolchain-unavailable':
      return unbuilt('!', section, files, `${notOurs} Another Go module proxy may have it.`);
    case 'source-unavailable':
      return unbuilt('!', section, files, hasMovedTag(files) ? undefined : notOurs);
    case 'stopped':
      return { mark: '■', text: `${title}: ${count}.`, more: ['The same command goes on from there.'] };
    case 'explained':
    case 'different': {
      const look = files.every(({ explanation }) => explanation !== undefined)
        ? `For a closer look at what was built: eksd-rebuild build ${release} --output built/`
        : `To look for the cause: eksd-rebuild explain ${release}`;
      return { mark: '✖', text: `${title}: ${count} of ${projectsOf(files)}.`, more: [look] };
    }
    case 'infra-failed':
      return unbuilt('✖', section, files, 'When that is mended, the same command goes on from there.');
    case 'build-failed':
      return unbuilt('✖', section, files, 'The same command builds only what is still missing.');
    default:
      return unreachable(section);
  }
}

const notOurs = 'What cannot be had does not count as failed.';

function hasMovedTag(files: readonly FileVerdict[]): boolean {
  return files.some(({ failure }) => failure?.reason === 'moved-tag');
}

/** A single cause is told again; of several there is only the number. */
function unbuilt(
  mark: Mark,
  section: Section,
  files: readonly FileVerdict[],
  todo: string | undefined,
): Note {
  const causes = groupsOf(files);
  const reasons = causes.length > 1 ? `, for ${countOf(causes.length, 'reason')} (above)` : '';
  const text = `${sectionTitles[section]}: ${countOf(files.length, 'file')} not built${reasons}.`;
  const cause = causes.length === 1 ? files.slice(0, 1).map(causeOf) : [];
  return { mark, text, more: [...cause, ...(todo === undefined ? [] : [todo])] };
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

function noteLines({ mark, text, more = [] }: Note, columns: number, colours: Colors): readonly string[] {
  const paint = {
    '✔': colours.green,
    '✖': colours.red,
    '!': colours.yellow,
    '■': colours.yellow,
    '·': colours.dim,
  }[mark];
  const [first = '', ...rest] = wrap(text, columns - 2, 0);
  return [`${paint(mark)} ${first}`, ...[...rest, ...more].flatMap((line) => wrap(line, columns, 2))];
}
