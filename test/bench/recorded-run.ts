import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';

/** As much of report.json as the figures need. */
export interface RecordedRun {
  readonly totals: { readonly identical: number; readonly comparable: number; readonly all: number };
  readonly nodes: readonly RecordedNode[];
  /** Wall clock of the process. */
  readonly seconds: number;
  /** The orchestrator's own peak of resident memory, in bytes; its children do not count. */
  readonly peakMemory: number;
}

export interface RecordedNode {
  readonly id: string;
  readonly kind: string;
  readonly status: string;
  /** Wall clock in that run. */
  readonly seconds?: number;
  readonly tree?: string;
  readonly projects: readonly string[];
  readonly commands: readonly {
    readonly argv: readonly string[];
    readonly cwd: string;
    readonly env: Readonly<Record<string, string>>;
    readonly exitCode: number;
    readonly seconds: number;
  }[];
}

export interface Program {
  /** Absolute path of the compiled `cli.js`. */
  readonly cli: string;
  readonly cache: string;
  /** Where report.json goes. */
  readonly report: string;
}

/** Runs the program once and reads its report. Its peak of memory is the kernel's own figure, told by a hook at its exit. */
export function runProgram(program: Program, words: readonly string[]): RecordedRun {
  const hook = new URL('./peak-memory.mjs', import.meta.url).href;
  const args = ['--import', hook, program.cli, '--cache', program.cache, ...words, '--log', 'line'];
  const start = performance.now();
  const run = spawnSync(process.execPath, [...args, '--report', program.report], {
    stdio: ['ignore', 'ignore', 'pipe'],
    encoding: 'utf8',
    maxBuffer: 1 << 26,
  });
  const seconds = (performance.now() - start) / 1000;
  const peak = /peak memory: ([0-9]+)/.exec(run.stderr);
  // 1: some files differ. What is graver leaves no report.
  const hasReport = run.status === 0 || run.status === 1;
  if (run.error !== undefined || peak === null || !hasReport)
    throw new Error(`${words.join(' ')}: ${run.stderr}`);
  const report = JSON.parse(readFileSync(program.report, 'utf8')) as Omit<
    RecordedRun,
    'seconds' | 'peakMemory'
  >;
  return { ...report, seconds, peakMemory: Number(peak[1]) };
}
