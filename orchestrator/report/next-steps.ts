import { failureHeadline } from '../core/failure-headline.ts';
import { countOf } from '../core/numbers.ts';
import { shellQuote } from '../core/shell-quote.ts';
import { runFailed } from './compared.ts';
import { imageState } from './image-report.ts';
import type { RunReport } from './run-report.ts';
import { asRun, type CommandLine, sectionStep } from './section-step.ts';
import { type Section, sectionOf, sections } from './sections.ts';

/** Something that a run leaves to do, or to know. */
export interface NextStep {
  /** How grave it is: `good` leads on, `quiet` is only to be known. */
  readonly mood: 'good' | 'warn' | 'bad' | 'quiet';
  /** The files that it is about; absent: images, the run itself. */
  readonly section?: Section;
  /** A sentence. */
  readonly what: string;
  /** Why, a line each: the first few of them. */
  readonly reasons: readonly string[];
  /** What to do in words. */
  readonly todo?: string;
  /** What to do in lines for a shell. */
  readonly commands: readonly CommandLine[];
}

const moods: Readonly<Record<Section, NextStep['mood']>> = {
  'not-built': 'quiet',
  'no-expectation': 'quiet',
  'stale-expectation': 'warn',
  'toolchain-unavailable': 'warn',
  'source-unavailable': 'warn',
  stopped: 'warn',
  explained: 'bad',
  different: 'bad',
  'infra-failed': 'bad',
  'build-failed': 'bad',
};

/** What to do after a run, the gravest first: of all that the terminal says of it, and where all is well, what it leads on to. */
export function nextSteps(report: RunReport): readonly NextStep[] {
  const ofFiles = sections.flatMap((section): readonly NextStep[] => {
    const files = report.verdicts.filter((file) => sectionOf(file) === section);
    if (files.length === 0) return [];
    const { what, reasons, reasonCount, todo, commands } = sectionStep(section, files, report);
    const many = reasonCount > 1 ? `, for ${countOf(reasonCount, 'reason')}` : '';
    const told = todo === undefined ? {} : { todo };
    return [{ mood: moods[section], section, what: `${what}${many}.`, reasons, commands, ...told }];
  });
  const steps = [...ofFiles.reverse(), ...ofImages(report)];
  const order: readonly NextStep['mood'][] = ['bad', 'warn', 'good', 'quiet'];
  return order
    .flatMap((mood) => [
      ...steps.filter((step) => step.mood === mood),
      ...(mood === 'good' ? leadingOn(report) : []),
    ])
    .concat(ofSandbox(report));
}

/** Images that a command line names; of more, all of them are meant. */
const mostImages = 4;

function ofImages(report: RunReport): readonly NextStep[] {
  const { images = [] } = report;
  const line = (names: readonly string[]) => {
    const words =
      names.length > mostImages ? '' : names.map((name) => ` --image ${shellQuote(name)}`).join('');
    return `eksd-rebuild images ${asRun(report)}${words}`;
  };
  const lost = images.filter((image) => imageState(image) === 'not-made');
  const doubted = images.filter((image) => imageState(image) === 'unverified');
  const reasons = new Set(
    lost.flatMap(({ failure }) => (failure === undefined ? [] : [failureHeadline(failure)])),
  );
  return [
    ...(lost.length === 0
      ? []
      : [
          {
            mood: 'bad',
            what: `${countOf(lost.length, 'image')} of ${images.length} not made.`,
            reasons: [...reasons].slice(0, mostImages),
            commands: [{ aim: 'To make what is missing', line: line(lost.map(({ image }) => image)) }],
          } as const,
        ]),
    ...(doubted.length === 0
      ? []
      : [
          {
            mood: 'warn',
            what: `${countOf(doubted.length, 'image holds', 'images hold')} programs that are not the published ones.`,
            reasons: [],
            todo: 'What is to be done about those programs is said above; the images follow.',
            commands: [],
          } as const,
        ]),
  ];
}

/** Where everything that could be compared is as published, and nothing failed besides. */
function leadingOn(report: RunReport): readonly NextStep[] {
  const { totals, images } = report;
  const run = asRun(report);
  const { identical, comparable } = totals;
  if (identical < comparable || runFailed(report)) return [];
  if (comparable === 0) {
    return [
      { mood: 'warn', what: 'Nothing could be compared, so nothing is verified.', reasons: [], commands: [] },
    ];
  }
  const commands = [
    {
      aim: 'To have the files, laid out as upstream does',
      line: `eksd-rebuild build ${run} --output built/`,
    },
    ...(images === undefined
      ? [{ aim: 'To make the images of them', line: `eksd-rebuild images ${run}` }]
      : []),
    { aim: 'To state it for others', line: `eksd-rebuild attest ${run}` },
    { aim: 'To see known vulnerabilities', line: `eksd-rebuild vulns ${run}` },
  ];
  return [{ mood: 'good', what: 'Every comparable file is as published.', reasons: [], commands }];
}

function ofSandbox({ unprotected }: RunReport): readonly NextStep[] {
  if (unprotected === undefined) return [];
  return [
    {
      mood: 'quiet',
      what: 'Tasks ran here without all of the sandbox.',
      reasons: unprotected,
      commands: [{ aim: 'To see what this machine lacks', line: 'eksd-rebuild doctor' }],
    },
  ];
}
