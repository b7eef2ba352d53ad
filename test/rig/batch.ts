import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { constants, setPriority } from 'node:os';
import { join } from 'node:path';
import { isNotRun } from './suite.ts';
import { countWork, type Work } from './work.ts';

/** Test files that run in one process. */
export interface Batch {
  readonly name: string;
  /** Of paths below `test`, but for what comes after `.test`: a regular expression. */
  readonly pattern: string;
  /** Seconds. */
  readonly limit: number;
  /** Of node. */
  readonly flags: readonly string[];
}

export interface BatchResult {
  readonly passed: number;
  readonly failed: number;
  /** What failed, and how; empty where nothing did. */
  readonly complaint: string;
  readonly seconds: number;
  /** Seconds of processors that it took, and all that it started; where that cannot be counted, what it waited for alone. */
  readonly work: number;
}

const uvu = ['--enable-source-maps', join('node_modules', 'uvu', 'bin.js'), '--color'];

/** Seconds that a process may take to end when all its tests have: a server that nobody closed would keep it for ever. */
const grace = 20;

/** Leaders of process groups: what a test leaves behind is in its batch's group, and ends with the batch. */
const running = new Set<number>();

/** Ends all batches, and what their tests have started. */
export function endBatches(): void {
  for (const pid of running) endGroup(pid);
}

function endGroup(pid: number): void {
  running.delete(pid);
  try {
    process.kill(-pid, 'SIGKILL');
  } catch {
    // All of it has ended.
  }
}

/**
 * Runs a batch, and shows what it says at once, or at its end where another one runs beside it. uvu has no time limit, and a
 * crash in one file would silence the rest: both are watched from here. @param root of the repository. @param tests where they are compiled to.
 */
export function runBatch(
  batch: Batch,
  root: string,
  tests: string,
  env: NodeJS.ProcessEnv,
  shown: 'at once' | 'at its end',
): Promise<BatchResult> {
  const started = Date.now();
  const child = spawn(process.execPath, [...batch.flags, ...uvu, tests, String.raw`${batch.pattern}\.mjs$`], {
    cwd: root,
    env,
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: true,
  });
  const { pid } = child;
  if (pid !== undefined) running.add(pid);
  const counted = pid === undefined ? undefined : countWork(pid);
  let output = '';
  const say = (text: string | Buffer) => {
    output += text;
    if (shown === 'at once') process.stdout.write(text);
  };
  const endAfter = (seconds: number, why: string) =>
    setTimeout(() => {
      say(`\n${batch.name}: ${why} after ${seconds} s\n`);
      child.kill('SIGKILL');
    }, seconds * 1000);
  const timers = [endAfter(batch.limit, 'no end')];
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (chunk: Buffer) => {
      say(chunk);
      // The last line of uvu.
      if (timers.length === 1 && /^ {2}Duration: /m.test(output))
        timers.push(endAfter(grace, 'its tests have ended, and something of theirs goes on'));
    });
  }
  let work = 0;
  child.on('exit', () => {
    work = workOf(counted);
    if (pid !== undefined) endGroup(pid);
  });
  return new Promise((resolve) => {
    child.on('close', (code) => {
      for (const timer of timers) clearTimeout(timer);
      const total = countAfter(output, 'Total:');
      const good = countAfter(output, 'Passed:');
      const seconds = (Date.now() - started) / 1000;
      if (shown === 'at its end') process.stdout.write(output);
      process.stdout.write(`${batch.name}: ${good} of ${total} in ${seconds.toFixed(1)} s\n`);
      // A process that ended badly failed even where every test that it came to passed; so did one without tests.
      const broken = (code !== 0 && good === total) || total === 0 ? 1 : 0;
      const bad = total - good + broken;
      const heading = `\n${batch.name} failed (exit ${code ?? 'by a signal'}):\n`;
      const complaint = bad === 0 ? '' : heading + complaintOf(output);
      resolve({ passed: good, failed: bad, complaint, seconds, work });
    });
  });
}

/** A process in the background. */
export interface Beside {
  /** Seconds of processors that it took, once it has ended. */
  readonly work: Promise<number>;
  /** Ends it, where it goes on. */
  end(): void;
}

/** Starts a script that has only those seconds of processors that nothing else wants. Who misses what it was to make does it again. */
export function runBeside(script: string, root: string, env: NodeJS.ProcessEnv): Beside {
  const child = spawn(process.execPath, ['--import', 'tsx', script], {
    ...{ cwd: root, env, stdio: 'ignore', detached: true },
  });
  const { pid } = child;
  const counted = pid === undefined ? undefined : countWork(pid);
  const end = () => {
    if (pid !== undefined && running.has(pid)) endGroup(pid);
  };
  if (pid !== undefined) {
    running.add(pid);
    setPriority(pid, constants.priority.PRIORITY_LOW);
  }
  const work = new Promise<number>((resolve) => {
    child.on('exit', () => {
      end();
      resolve(workOf(counted));
    });
    child.on('error', () => resolve(0));
  });
  return { work, end };
}

/** What this process' children had taken when the last of them ended. */
let taken = 0;

/** Seconds of processors; where nothing counts them, those of this process' children that have ended since (proc_pid_stat(5): cutime, cstime). */
function workOf(counted: Work | undefined): number {
  const fields = readFileSync('/proc/self/stat', 'utf8').split(') ').at(-1)?.split(' ') ?? [];
  // In hundredths of a second, on every machine (USER_HZ).
  const all = (Number(fields[13]) + Number(fields[14])) / 100;
  const ended = all - taken;
  taken = all;
  return counted?.seconds() ?? ended;
}

/**
 * What uvu says of failed tests, the first before all others, each from its name to the next one, the next file or the totals;
 * of a process that came to no totals, its last words too. What was not run because of another failure is left out.
 */
export function complaintOf(output: string): string {
  const failures: string[][] = [];
  let current: string[] | undefined;
  for (const line of output.split('\n')) {
    // What a test ran on a machine of its own stands behind bars.
    if (line.includes(' FAIL ') && !line.startsWith('|')) {
      current = [];
      failures.push(current);
    } else if (/^\S*\w+\/\S+\.test\.m?[jt]s|^ {2}Total:/.test(line)) {
      current = undefined;
    }
    current?.push(line);
  }
  const said = failures
    .map((lines) => lines.join('\n').trimEnd())
    .filter((text) => !isNotRun(text))
    .join('\n\n')
    .slice(0, 6000);
  const isCutOff = !/^ {2}Total:/m.test(output);
  const last = isCutOff || said === '' ? output.slice(-2000).trimEnd() : '';
  return `${[said, last].filter((text) => text !== '').join('\n\n')}\n`;
}

/** The last such count is uvu's own: what a failed test says may hold another run's. */
function countAfter(output: string, label: string): number {
  const counts = output.matchAll(new RegExp(`^ {2}${label}\\s*(?:\\u001b\\[[0-9;]*m)?\\s*(\\d+)`, 'gm'));
  return Number([...counts].at(-1)?.[1] ?? 0);
}
