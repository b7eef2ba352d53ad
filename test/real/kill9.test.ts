import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import * as assert from 'uvu/assert';
import { forgetResults } from '../rig/forget-results.ts';
import type { Program } from '../rig/program.ts';
import { suite } from '../rig/suite.ts';
import { warmProgram } from '../rig/warm.ts';

/** `kill -9` of the program at random moments, and the same command again. */
const test = suite<{ program: Program; seconds: Map<string, number> }>('kill -9');

/** The moments are others in every run: what a few miss, the same few find in one of the next runs. */
const rounds = 8;

/** What rounds take in turn, with how many files each has: together they are the sample. */
const projects = [
  ['sample/greeter', 3],
  ['sample/toolbox', 4],
  ['sample/clock', 4],
] as const;

/** What a round does again; toolchains and the build cache stay, so that it takes seconds. */
const kinds = ['source', 'modules', 'go-build'];

test.before(async (context, defer) => {
  const folder = mkdtempSync(join(tmpdir(), 'kill9-'));
  defer(() => rmSync(folder, { recursive: true }));
  context.program = await warmProgram(folder);
  context.seconds = new Map();
  for (const [project] of projects) {
    forget(context.program);
    const ran = await context.program.run(['verify', 'sample', '--project', project]);
    context.seconds.set(project, ran.seconds);
  }
});

function forget({ cache }: Program): void {
  forgetResults(cache, (kind) => kinds.includes(kind));
  // Clones are killed as well.
  rmSync(join(cache, 'git'), { recursive: true, force: true });
}

/** Starts a run. What it gives ends the process itself, and none of its children, and tells whether it was still running. */
function start(program: Program, ...options: readonly string[]): () => Promise<boolean> {
  const child = program.start(['verify', 'sample', ...options]);
  child.stdout?.resume();
  child.stderr?.resume();
  const exit = new Promise<string | null>((resolve) => child.once('exit', (_, signal) => resolve(signal)));
  return async () => {
    child.kill('SIGKILL');
    return (await exit) === 'SIGKILL';
  };
}

/** Command lines of live processes that have to do with a cache. */
function processesOf(cache: string): readonly string[] {
  const found: string[] = [];
  for (const name of readdirSync('/proc')) {
    if (!/^[0-9]+$/.test(name)) continue;
    try {
      const words = readFileSync(`/proc/${name}/cmdline`, 'utf8').replaceAll('\0', ' ');
      if (words.includes(cache)) found.push(words.slice(0, 200));
    } catch {
      // It is gone.
    }
  }
  return found;
}

async function noneLeft(cache: string): Promise<readonly string[]> {
  for (let tries = 0; tries < 30 && processesOf(cache).length > 0; tries += 1) await setTimeout(100);
  return processesOf(cache);
}

function leftIn(folder: string): readonly string[] {
  return existsSync(folder) ? readdirSync(folder) : [];
}

function halfClones(cache: string): readonly string[] {
  return readdirSync(join(cache, 'git'), { recursive: true, encoding: 'utf8' }).filter((name) =>
    /\.new-/.test(name),
  );
}

test(`at ${rounds} random moments: the same result, nothing damaged, nothing left over`, async ({
  program,
  seconds,
}) => {
  for (let round = 0, tries = 0; round < rounds; tries += 1) {
    assert.ok(tries < 8 * rounds, `${round} of ${tries} were still running when they were killed`);
    forget(program);
    const [project, files] = projects[round % projects.length] ?? projects[0];
    const longest = seconds.get(project) ?? 0;
    const moment = 0.1 + Math.random() * longest;
    const what = `round ${round}, ${project} killed after ${moment.toFixed(2)} s`;
    const kill = start(program, '--project', project);
    await setTimeout(moment * 1000);
    if (!(await kill())) {
      // It is faster than it was: a machine's speed drifts, and is no matter of this test.
      seconds.set(project, longest * 0.8);
      continue;
    }
    round += 1;
    assert.equal(await noneLeft(program.cache), [], what);
    const again = await program.run(['verify', 'sample', '--project', project]);
    assert.is(again.code, 0, `${what}: ${again.stdout}${again.stderr}`);
    const all = `identical / comparable / all: ${files} / ${files} / ${files}. No comparable file differs.`;
    assert.match(again.stdout, all, what);
    assert.equal(leftIn(join(program.cache, 'tmp')), [], what);
    assert.equal(leftIn(join(program.cache, 'leases')), [], what);
    assert.equal(halfClones(program.cache), [], what);
    if (round % 4 > 0) continue;
    const check = await program.run(['cache', 'check']);
    assert.is(check.code, 0, `${what}: ${check.stdout}`);
    assert.match(check.stdout, 'Everything is as it was written.');
  }
});

test('compilers do not outlive the program', async ({ program }) => {
  // An empty build cache: the compilers are at work for a long while.
  const kill = start(program, '--fresh');
  const compilers = () => processesOf(program.cache).filter((words) => words.includes('/tool/'));
  let found = compilers();
  for (let tries = 0; tries < 600 && found.length === 0; tries += 1) {
    await setTimeout(50);
    found = compilers();
  }
  assert.ok(await kill());
  assert.ok(found.length > 0, 'no compiler was at work');
  assert.equal(await noneLeft(program.cache), []);
  const again = await program.run(['verify', 'sample']);
  assert.is(again.code, 0);
  assert.equal(leftIn(join(program.cache, 'tmp')), []);
});

test.run();
