import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { reportJson } from '../../orchestrator/report/report-json.ts';
import type { Explanation } from '../../orchestrator/verdict/verify/explanation.ts';
import { type Fault, faults } from './catalogue.ts';
import { type FaultyRelease, layFaultyWorld } from './world.ts';

/** What became of one fault. */
export interface Judged {
  readonly fault: Fault;
  readonly explanation: Explanation | undefined;
  /** Whether a cause that the fault has is named first. */
  readonly isNamed: boolean;
  /** Whether a cause that it does not have is named, and as if that were sure. */
  readonly isMisled: boolean;
  readonly seconds: number;
}

/** Runs the program on words, in a folder; gives what it wrote on both streams. */
export type Run = (
  argv: readonly string[],
  cwd: string,
) => Promise<{ readonly code: number; readonly said: string }>;

/** What is judged, and how, where that is not all of them in the usual way. */
export interface Judging {
  readonly chosen?: readonly Fault[];
  /** That each search may take. */
  readonly minutes?: number;
  readonly buildCache?: string;
}

/** Lays faults, and has each explained. */
export async function judgeFaults(
  run: Run,
  onJudged: (judged: Judged) => void,
  { chosen = faults, minutes = 4, buildCache }: Judging = {},
): Promise<readonly Judged[]> {
  const folder = mkdtempSync(join(tmpdir(), 'faults-'));
  try {
    const { root, releases } = await layFaultyWorld(folder, chosen, buildCache);
    const imported = await run(['import', ...releases.map(({ release }) => release)], root);
    if (imported.code !== 0) throw new Error(`the faulty releases cannot be imported: ${imported.said}`);
    const all: Judged[] = [];
    for (const release of releases) {
      const judged = await judge(release, root, run, minutes);
      onJudged(judged);
      all.push(judged);
    }
    return all;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function judge(faulty: FaultyRelease, root: string, run: Run, minutes: number): Promise<Judged> {
  const { fault, release, name, file } = faulty;
  const project = `sample/${fault.build.project}`;
  if (fault.ours === 'untrimmed') writeUntrimmed(root, release, project);
  const published = fault.published === true ? ['--published', file] : [];
  const words = ['--project', project, '--platform', 'linux/amd64', '--budget', String(minutes)];
  const began = performance.now();
  const ran = await run(['explain', release, name, ...words, ...published, '--log', 'line'], root);
  const seconds = (performance.now() - began) / 1000;
  const text = readFileSync(join(root, 'out', release, 'report.json'), 'utf8');
  const report = JSON.parse(text) as ReturnType<typeof reportJson>;
  const files = report.projects.flatMap((each) => each.files);
  const verdict = files.find((each) => each.name === name && each.platform === 'linux/amd64');
  const explanation = verdict?.explanation as Explanation | undefined;
  if (ran.code !== 1) throw new Error(`${fault.name}: exit code ${ran.code}\n${ran.said}`);
  const isNamed = explanation !== undefined && fault.causes.includes(explanation.rule);
  const isSure = explanation?.confidence === 'confirmed' || explanation?.confidence === 'high';
  return { fault, explanation, isNamed, isMisled: !isNamed && isSure, seconds };
}

/** An overlay by which our own build keeps the paths of its folder. */
function writeUntrimmed(root: string, release: string, project: string): void {
  mkdirSync(join(root, 'releases'), { recursive: true });
  const lines = [
    'schema: 1',
    `release: ${release}`,
    'projects:',
    `  ${project}:`,
    '    because: the paths are kept',
    '    files: []',
    '    override: { trimpath: no }',
  ];
  writeFileSync(join(root, 'releases', `${release}.overlay.yaml`), `${lines.join('\n')}\n`);
}

/** A line for people. */
export function lineOf({ fault, explanation, isNamed, isMisled, seconds }: Judged): string {
  const mark = isNamed ? 'named ' : isMisled ? 'MISLED' : 'missed';
  const what = explanation === undefined ? 'nothing' : `${explanation.rule}, ${explanation.confidence}`;
  return `${mark} ${fault.name} (${fault.causes.join(', ')}): ${what}; ${seconds.toFixed(0)} s`;
}

/** How many there are, how many were named, and how many wrongly and as if that were sure. */
export function scoreOf(judged: readonly Judged[]) {
  return {
    all: judged.length,
    named: judged.filter(({ isNamed }) => isNamed).length,
    misled: judged.filter(({ isMisled }) => isMisled).length,
  };
}
