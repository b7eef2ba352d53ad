import type { Colors } from 'picocolors/types.js';
import { failureHeadline } from '../../core/failure-headline.ts';
import { countOf } from '../../core/numbers.ts';
import { comparedText, runFailed } from '../compared.ts';
import { goNotes } from '../go-text.ts';
import { imageState } from '../image-report.ts';
import { leftOutText } from '../left-out.ts';
import type { RunReport } from '../run-report.ts';
import { type SectionStep, sectionStep } from '../section-step.ts';
import { type Section, sectionOf, sections } from '../sections.ts';
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

function countsOf(report: RunReport): Note {
  const { totals } = report;
  const { identical, comparable, all } = totals;
  const isFailed = runFailed(report);
  const mark = identical < comparable ? '✖' : comparable === 0 || isFailed ? '!' : '✔';
  return {
    mark,
    text: `identical / comparable / all: ${identical} / ${comparable} / ${all}. ${comparedText(totals, isFailed)}`,
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
    return files.length === 0 ? [] : [noteOf(sectionStep(section, files, report))];
  });
}

const marks: Readonly<Record<Section, Mark>> = {
  'not-built': '·',
  'no-expectation': '·',
  'stale-expectation': '·',
  'toolchain-unavailable': '!',
  'source-unavailable': '!',
  stopped: '■',
  explained: '✖',
  different: '✖',
  'infra-failed': '✖',
  'build-failed': '✖',
};

/** Of what could not be made, the command is the one that was just given. */
const isTold: readonly Section[] = ['explained', 'different'];

/** A single cause is told again; of several there is only the number. */
function noteOf({ section, what, reasons, reasonCount, todo, commands }: SectionStep): Note {
  const mark = marks[section];
  const many = reasonCount > 1 ? `, for ${countOf(reasonCount, 'reason')} (above)` : '';
  const text = `${what}${many}.`;
  if (mark === '·') return { mark, text };
  const lines = isTold.includes(section) ? commands.slice(0, 1) : [];
  return {
    mark,
    text,
    more: [
      ...(reasonCount === 1 ? reasons : []),
      ...(todo === undefined ? [] : [todo]),
      ...lines.map(({ aim, line }) => `${aim}: ${line}`),
    ],
  };
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
