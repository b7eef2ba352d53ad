/**
 * Runs the tests: `unit` (in two processes side by side), `program` (whole commands, and what runs git), `real`
 * (test/real: each file in a process of its own, one after the other), `all` of these, or `slow` (test/slow). A second word
 * chooses files by a part of their name. Tests find no program on their PATH but those of `.ci/programs`.
 * What failed is said once more before the last line, which is `N passed, N failed`.
 */
import { readdirSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Batch, type BatchResult, endBatches, runBatch } from './batch.ts';
import { memoryFolder } from './memory-folder.ts';
import { describeMissing, linkPrograms, programsOf, type Stage } from './programs.ts';

const root = dirname(dirname(dirname(fileURLToPath(import.meta.url))));

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

/** Seconds that a file of test/real or test/slow may take. */
const limit = 900;

/** Of files that take longer: what installs packages and then runs all tests. */
const limits: Readonly<Record<string, number>> = { 'bare-machine.test.ts': 7200 };

const reals = filesOf('real');
const slows = filesOf('slow');

/** Each file of a folder by itself. */
function filesOf(folder: string): readonly Batch[] {
  const names = readdirSync(join(root, 'test', folder)).filter((name) => name.endsWith('.test.ts'));
  return names.sort().map((name) => {
    const pattern = `${folder}/${name.replaceAll('.', '\\.')}$`;
    return { name, pattern, limit: limits[name] ?? limit, flags: [] };
  });
}

const [which = 'all', filter = ''] = process.argv.slice(2);

let passed = 0;
let failed = 0;
const complaints: string[] = [];
const count = (results: readonly BatchResult[]): void => {
  for (const result of results) {
    passed += result.passed;
    failed += result.failed;
    if (result.complaint !== '') complaints.push(result.complaint);
  }
};
const isAsked = (name: string): boolean => which === name || which === 'all';
const isChosen = (batch: Batch): boolean => batch.name.includes(filter);

for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => process.exit(130));
process.on('exit', endBatches);

// Of chosen files nobody knows what they need: those that miss something say so.
const missing = filter === '' ? describeMissing(programsOf(widestStage())) : '';
if (missing === '') await runAll();
else {
  complaints.push(missing);
  failed = 1;
}
process.stdout.write(complaints.join(''));
process.stdout.write(`\n${passed} passed, ${failed} failed\n`);
process.exitCode = failed === 0 && passed > 0 ? 0 : 1;

async function runAll(): Promise<void> {
  for (const together of [isAsked('unit') ? units : [], isAsked('program') ? programs : []]) {
    const chosen = together.filter(isChosen);
    if (chosen.length === 0) continue;
    const memory = memoryFolder();
    const env = memory === undefined ? environment('unit') : { ...environment('unit'), TMPDIR: memory };
    count(await Promise.all(chosen.map((batch) => runBatch(batch, root, env, 'at its end'))));
    if (memory !== undefined) rmSync(memory, { recursive: true, force: true, maxRetries: 3 });
  }
  await runInTurn('real', isAsked('real') ? reals : []);
  await runInTurn('slow', which === 'slow' ? slows : []);
}

async function runInTurn(stage: Stage, files: readonly Batch[]): Promise<void> {
  const chosen = files.filter(isChosen);
  const env = chosen.length === 0 ? {} : environment(stage);
  for (const batch of chosen) count([await runBatch(batch, root, env, 'at once')]);
}

function environment(stage: Stage): NodeJS.ProcessEnv {
  return { ...process.env, PATH: linkPrograms(programsOf(stage)) };
}

function widestStage(): Stage {
  if (which === 'slow') return 'slow';
  return which === 'real' || which === 'all' ? 'real' : 'unit';
}
