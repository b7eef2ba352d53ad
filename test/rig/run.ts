/**
 * Runs the tests: `unit` (in two processes), `program` (whole commands, and what runs git, in three more), `real` (test/real: each
 * file in a process of its own), `all` of these, or `slow` (test/slow). Up to four processes run side by side: `inLanes`. A second word chooses
 * files by a part of their name. Tests find no program on their PATH but those of `.ci/programs`.
 * What failed is said once more before the last line, which is `N passed, N failed`.
 */
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Batch, type BatchResult, type Beside, endBatches, runBatch, runBeside } from './batch.ts';
import { alone, budgetOf, coldFile } from './budgets.ts';
import { areCompiled, compiledVariable, compileTests } from './compiled-tests.ts';
import { describeTimes, inLanes, type Lane, queueOf, type Timed } from './lanes.ts';
import { memoryFolder } from './memory-folder.ts';
import { describeMissing, linkPrograms, programsOf, type Stage } from './programs.ts';
import { sharedVariable } from './shared-place.ts';
import { damageIn } from './warm.ts';

const root = dirname(dirname(dirname(fileURLToPath(import.meta.url))));

/**
 * A process with less memory starts others faster, because fork(2) copies the tables of all of it. Threads that collect and compile beside
 * a test take a tenth more of the processors, which others have work for.
 */
const flags = ['--max-semi-space-size=4', '--single-threaded'];

/** What makes repositories and runs git in them, in whatever room. */
const withGit = 'task/source/|tool/git/clones|run/sample/';

/** `isAlone`: whether nothing may run beside it. */
type File = Batch & Lane & { readonly isAlone: boolean };

const units = batches('unit', [
  `(?!${withGit})(task|store|verdict/inspect|tool)/`,
  `(?!${withGit})(?!(task|store|verdict/inspect|tool|program|real|slow)/)`,
]);
const programs = batches('program', [`(program/[a-c]|${withGit})`, 'program/[d-h]', 'program/[i-z]']);

/** Of about the same length. */
function batches(title: string, beginnings: readonly string[]): readonly File[] {
  return beginnings.map((beginning, at) => {
    const name = `${title} ${at + 1}`;
    const pattern = String.raw`^${beginning}.*\.test`;
    return { name, pattern, limit: 600, flags, budget: budgetOf(name), isAlone: false };
  });
}

/** Seconds that a file of test/real or test/slow may take. */
const limit = 1800;

/** Of files that take longer: what installs packages and then runs all tests, and what compiles a scanner, cosign or a kubelet first. */
const limits: Readonly<Record<string, number>> = {
  'bare-machine.test.ts': 7200,
  'sbom-syft.test.ts': 3600,
  'trivy.test.ts': 7200,
  'cosign.test.ts': 2400,
  'one-node.test.ts': 3600,
  'cluster-smoke.test.ts': 3600,
  'image.test.ts': 3600,
  'kubernetes-engine.test.ts': 3600,
  'cluster-scale.test.ts': 3600,
};

/** Each file of a folder by itself. */
function filesOf(folder: 'real' | 'slow'): readonly File[] {
  const names = readdirSync(join(root, 'test', folder)).filter((name) => name.endsWith('.test.ts'));
  return names.map((name) => {
    const pattern = `^${folder}/${name.slice(0, -'.ts'.length).replaceAll('.', '\\.')}`;
    // What takes minutes is not measured beside anything.
    const isAlone = folder === 'slow' || alone.includes(name);
    return { name, pattern, limit: limits[name] ?? limit, flags: [], budget: budgetOf(name), isAlone };
  });
}

const [which = 'all', filter = ''] = process.argv.slice(2);

let passed = 0;
let failed = 0;
const complaints: string[] = [];
const count = (result: Pick<BatchResult, 'passed' | 'failed' | 'complaint'>): void => {
  passed += result.passed;
  failed += result.failed;
  if (result.complaint !== '') complaints.push(result.complaint);
};
const isAsked = (name: string): boolean => which === name || which === 'all';
const isChosen = (batch: Batch): boolean => batch.name.includes(filter);

const times: Timed[] = [];
let folder: string | undefined;

for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => process.exit(130));
process.on('exit', endBatches);

const sources = readdirSync(join(root, 'test'), { recursive: true, encoding: 'utf8' });
/** Below the root, for its packages. */
const ownFolder = join(root, 'node_modules', '.cache', `tests-${process.pid}`);
process.on('exit', () => rmSync(ownFolder, { recursive: true, force: true }));
/** Where tests are compiled: by a run that this one is part of, or by this one. */
let compiled = ownFolder;

// Of chosen files nobody knows what they need: those that miss something say so.
const missing = filter === '' ? describeMissing(programsOf(widestStage())) : '';
if (missing === '') await runAll();
else {
  complaints.push(missing);
  failed = 1;
}
process.stdout.write(times.length > 1 ? describeTimes(times) : '');
process.stdout.write(complaints.join(''));
process.stdout.write(`\n${passed} passed, ${failed} failed\n`);
process.exitCode = failed === 0 && passed > 0 ? 0 : 1;

async function runAll(): Promise<void> {
  const reals = isAsked('real') ? filesOf('real').filter(isChosen) : [];
  const quick = [...(isAsked('unit') ? units : []), ...(isAsked('program') ? programs : [])].filter(isChosen);
  const slows = which === 'slow' ? filesOf('slow').filter(isChosen) : [];
  await compile([...quick, ...reals, ...slows]);
  const [still, moving] = partition(reals, ({ isAlone }) => isAlone);
  const [cold, warm] = partition(moving, ({ name }) => name === coldFile);
  const beside = isAsked('real') && filter === '' ? buildBeside() : undefined;
  const queue = queueOf(warm);
  const inTwoLanes = () => runQueue(queue, () => sharedEnvironment('real'), 2);
  // A cold run mostly waits for the network, and what is quick needs nothing that it makes. What begins from its store follows.
  const isQuickDone = runQuick(quick);
  const isColdDone = runQueue(cold, () => sharedEnvironment('real'), 1).then(() => beside?.end());
  await Promise.all([isColdDone.then(inTwoLanes), Promise.all([isColdDone, isQuickDone]).then(inTwoLanes)]);
  await runQueue(queueOf(slows), () => sharedEnvironment('slow'), 1);
  await runQueue(queueOf(still), () => sharedEnvironment('real'), 1);
  await checkShared();
}

async function runQuick(files: readonly File[]): Promise<void> {
  if (files.length === 0) return;
  const memory = memoryFolder();
  await runQueue(queueOf(files), () => ({ ...environment('unit'), TMPDIR: memory ?? tmpdir() }), 2);
  if (memory !== undefined) rmSync(memory, { recursive: true, force: true, maxRetries: 3 });
}

/** Those of which something is so, and the rest. */
function partition(
  files: readonly File[],
  isIt: (file: File) => boolean,
): readonly [those: File[], others: File[]] {
  return [files.filter(isIt), files.filter((file) => !isIt(file))];
}

async function compile(files: readonly File[]): Promise<void> {
  const patterns = files.map(({ pattern }) => new RegExp(String.raw`${pattern}\.ts$`));
  const wanted = sources.filter((path) => patterns.some((pattern) => pattern.test(path)));
  const given = process.env[compiledVariable];
  if (given !== undefined && areCompiled(wanted, given)) compiled = given;
  else await compileTests(root, wanted, compiled);
}

/**
 * The programs that tests with BuildKit wait for take minutes. What runs before those tests leaves time of processors over; and
 * what is not made until then is gone on with, out of go's cache, by the first that needs it.
 */
function buildBeside(): Beside {
  const [name, began] = ['build-tools.ts', performance.now()];
  // What go leaves where it is killed goes with the folder.
  const env = { ...environment('real'), GOTMPDIR: sharedFolder() };
  const beside = runBeside(join('test', 'rig', name), root, env);
  void beside.work.then((work) => {
    const seconds = (performance.now() - began) / 1000;
    times.push({ name, budget: budgetOf(name), work, seconds });
  });
  return beside;
}

/** What the files of this run share: made for it, and gone with it. */
function sharedFolder(): string {
  if (folder === undefined) {
    const made = mkdtempSync(join(tmpdir(), 'eksd-shared-'));
    process.on('exit', () => rmSync(made, { recursive: true, force: true, maxRetries: 3 }));
    folder = made;
  }
  return folder;
}

/** With a folder that all files share. */
function sharedEnvironment(stage: Stage): NodeJS.ProcessEnv {
  return { ...environment(stage), [sharedVariable]: sharedFolder() };
}

/** Sees whether one of the files did what all of them would suffer from. */
async function checkShared(): Promise<void> {
  const damage = folder === undefined ? '' : await damageIn(folder);
  const complaint = `\nA test wrote into the store that all share:\n${damage}`;
  if (damage !== '') count({ passed: 0, failed: 1, complaint });
}

async function runQueue(queue: File[], makeEnv: () => NodeJS.ProcessEnv, lanes: number): Promise<void> {
  if (queue.length === 0) return;
  const env = makeEnv();
  const shown = lanes === 1 || queue.length === 1 ? 'at once' : 'at its end';
  await inLanes(queue, lanes, async (file) => {
    const result = await runBatch(file, root, compiled, env, shown);
    times.push({ ...file, ...result });
    count(result);
  });
}

function environment(stage: Stage): NodeJS.ProcessEnv {
  return { ...process.env, PATH: linkPrograms(programsOf(stage)), [compiledVariable]: compiled };
}

function widestStage(): Stage {
  if (which === 'slow') return 'slow';
  return which === 'real' || which === 'all' ? 'real' : 'unit';
}
