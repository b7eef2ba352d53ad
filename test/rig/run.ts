/**
 * Runs the tests: `unit` (in two processes side by side), `program` (whole commands, and what runs git), `real`
 * (test/real: each file in a process of its own, one after the other), `all` of these, or `slow` (test/slow).
 * uvu has no time limit, and a crash in one file would silence the rest: both are watched from outside.
 * What failed is said once more before the last line, which is `N passed, N failed`.
 */
import { spawn } from 'node:child_process';
import { readdirSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { memoryFolder } from './memory-folder.ts';

const root = dirname(dirname(dirname(fileURLToPath(import.meta.url))));
const uvu = ['--import', 'tsx', join('node_modules', 'uvu', 'bin.js'), '--color', 'test'];

interface Batch {
  readonly name: string;
  readonly pattern: string;
  /** Seconds. */
  readonly limit: number;
  /** Of node. */
  readonly flags: readonly string[];
}

interface Result {
  readonly passed: number;
  readonly failed: number;
  /** What failed, and how; empty where nothing did. */
  readonly complaint: string;
}

/**
 * A unit test is over before optimized code of it is ready; and a process with less memory starts others faster, because
 * fork(2) copies the tables of all of it.
 */
const flags = ['--no-opt', '--max-semi-space-size=4'];

/** What makes repositories and runs git in them, in whatever room. */
const withGit = 'task/source/|tool/git/clones|run/sample/';

/** Two of about the same length. */
const units = batches('unit', [
  `(?!${withGit})(task|store|verdict/inspect|tool)/`,
  `(?!${withGit})(?!(task|store|verdict/inspect|tool|program|real|slow)/)`,
]);

/** Two of about the same length again. */
const programs = batches('program', [`(program/[a-c]|${withGit})`, 'program/[d-z]']);

function batches(name: string, beginnings: readonly string[]): readonly Batch[] {
  return beginnings.map((beginning, at) => {
    return { name: `${name} ${at + 1}`, pattern: String.raw`^${beginning}.*\.test\.ts$`, limit: 300, flags };
  });
}

const reals = filesOf('real');
const slows = filesOf('slow');

/** Each file of a folder by itself. */
function filesOf(folder: string): readonly Batch[] {
  const names = readdirSync(join(root, 'test', folder)).filter((name) => name.endsWith('.test.ts'));
  return names.sort().map((name) => {
    return { name, pattern: `${folder}/${name.replaceAll('.', '\\.')}$`, limit: 900, flags: [] };
  });
}

const [which = 'all', filter = ''] = process.argv.slice(2);

let passed = 0;
let failed = 0;
const complaints: string[] = [];
const count = (results: readonly Result[]): void => {
  for (const result of results) {
    passed += result.passed;
    failed += result.failed;
    if (result.complaint !== '') complaints.push(result.complaint);
  }
};
const isAsked = (name: string): boolean => which === name || which === 'all';

for (const together of [isAsked('unit') ? units : [], isAsked('program') ? programs : []]) {
  const memory = memoryFolder();
  const env = memory === undefined ? process.env : { ...process.env, TMPDIR: memory };
  const runs = together.filter(isChosen).map((batch) => runBatch(batch, env, 'at its end'));
  count(await Promise.all(runs));
  if (memory !== undefined) rmSync(memory, { recursive: true, force: true, maxRetries: 3 });
}
const inTurn = [...(isAsked('real') ? reals : []), ...(which === 'slow' ? slows : [])];
for (const batch of inTurn.filter(isChosen)) count([await runBatch(batch, process.env, 'at once')]);
process.stdout.write(complaints.join(''));
process.stdout.write(`\n${passed} passed, ${failed} failed\n`);
process.exitCode = failed === 0 && passed > 0 ? 0 : 1;

function isChosen(batch: Batch): boolean {
  return batch.name.includes(filter);
}

/** Runs a batch, and shows what it says at once, or at its end where another one runs beside it. */
function runBatch(batch: Batch, env: NodeJS.ProcessEnv, shown: 'at once' | 'at its end'): Promise<Result> {
  const started = Date.now();
  const child = spawn(process.execPath, [...batch.flags, ...uvu, batch.pattern], {
    cwd: root,
    env,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  const take = (chunk: Buffer) => {
    output += chunk;
    if (shown === 'at once') process.stdout.write(chunk);
  };
  child.stdout.on('data', take);
  child.stderr.on('data', take);
  const timer = setTimeout(() => {
    process.stdout.write(`\n${batch.name}: no end after ${batch.limit} s\n`);
    child.kill('SIGKILL');
  }, batch.limit * 1000);
  return new Promise((resolve) => {
    child.on('close', (code) => {
      clearTimeout(timer);
      const total = countAfter(output, 'Total:');
      const good = countAfter(output, 'Passed:');
      const seconds = ((Date.now() - started) / 1000).toFixed(1);
      if (shown === 'at its end') process.stdout.write(output);
      process.stdout.write(`${batch.name}: ${good} of ${total} in ${seconds} s\n`);
      // A process that ended badly failed even where every test that it came to passed; so did one without tests.
      const broken = (code !== 0 && good === total) || total === 0 ? 1 : 0;
      const bad = total - good + broken;
      resolve({ passed: good, failed: bad, complaint: bad === 0 ? '' : complaintOf(batch, output, code) });
    });
  });
}

/**
 * What uvu says of failed tests, each from its name to the next one, the next file or the totals; of a process that ended
 * badly, its last words.
 */
function complaintOf(batch: Batch, output: string, code: number | null): string {
  const said: string[] = [];
  let isFailure = false;
  for (const line of output.split('\n')) {
    if (line.includes(' FAIL ')) isFailure = true;
    else if (/^\S*\w+\/\S+\.test\.ts|^ {2}Total:/.test(line)) isFailure = false;
    if (isFailure) said.push(line);
  }
  const words = said.length === 0 ? output.slice(-2000) : said.join('\n').slice(0, 6000);
  return `\n${batch.name} failed (exit ${code ?? 'by a signal'}):\n${words.trimEnd()}\n`;
}

function countAfter(output: string, label: string): number {
  const match = new RegExp(`${label}\\s*(?:\\u001b\\[[0-9;]*m)?\\s*(\\d+)`).exec(output);
  return Number(match?.[1] ?? 0);
}
