import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import * as assert from 'uvu/assert';
import { forgetResults } from '../rig/forget-results.ts';
import { compileProgram, type Program } from '../rig/program.ts';
import { suite } from '../rig/suite.ts';
import { leaveWarm } from '../rig/warm.ts';

/** The sample release, with real Gos from the network, by the program as it is installed: from nothing, whoever ran before. */
const test = suite<{ program: Program }>('verify sample');

const all = 'identical / comparable / all: 11 / 11 / 11. No comparable file differs.';

test.before(async (context) => {
  context.program = await compileProgram(mkdtempSync(join(tmpdir(), 'verify-sample-')));
});

test.after(({ program }) => rmSync(program.folder, { recursive: true }));

function tell(what: string, seconds: number): void {
  process.stdout.write(`\n  ${what}: ${seconds.toFixed(2)} s `);
}

/** How the tasks of a run with `--log json` ended: `go-build: cached`, how many of each. */
function endsOf(stdout: string): Readonly<Record<string, number>> {
  const counts: Record<string, number> = {};
  for (const line of stdout.trimEnd().split('\n')) {
    const { type, node, status } = JSON.parse(line);
    if (type !== 'node-finished') continue;
    const end = `${node.split(' ')[0]}: ${status}`;
    counts[end] = (counts[end] ?? 0) + 1;
  }
  return counts;
}

test('from nothing: every file is identical', async ({ program }) => {
  const ran = await program.run(['verify', 'sample']);
  tell('cold', ran.seconds);
  assert.is(ran.code, 0, ran.stdout + ran.stderr);
  assert.match(ran.stdout, all);
  await leaveWarm(program);
});

test('again: nothing is executed, and it takes no time', async ({ program }) => {
  const events = await program.run(['verify', 'sample', '--log', 'json']);
  assert.is(events.code, 0, events.stderr);
  const ends = endsOf(events.stdout);
  assert.ok(Object.keys(ends).length >= 4);
  assert.equal(
    Object.keys(ends).filter((end) => !end.endsWith(': cached')),
    [],
  );
  const ran = await program.run(['verify', 'sample']);
  tell('warm', ran.seconds);
  assert.match(ran.stdout, all);
  // The target is 1 s on a machine with nothing else to do.
  assert.ok(ran.seconds < 3, `${ran.seconds} s`);
});

test('plan and --help take less', async ({ program }) => {
  const plan = await program.run(['plan', 'sample']);
  tell('plan', plan.seconds);
  assert.is(plan.code, 0);
  assert.match(plan.stdout, / 0 to do\n$/);
  const help = await program.run(['--help']);
  tell('--help', help.seconds);
  assert.ok(plan.seconds < 3 && help.seconds < 1);
});

test('two at once on one cache: each task is done once, and both have the result', async ({ program }) => {
  forgetResults(program.cache, (kind) => kind !== 'toolchain');
  const runs = await Promise.all([1, 2].map(() => program.run(['verify', 'sample', '--log', 'json'])));
  const did: Record<string, number> = {};
  for (const ran of runs) {
    assert.is(ran.code, 0, ran.stderr);
    assert.equal(JSON.parse(ran.stdout.trimEnd().split('\n').at(-1) ?? '').totals, {
      identical: 11,
      comparable: 11,
      all: 11,
    });
    for (const [end, count] of Object.entries(endsOf(ran.stdout))) {
      if (end.endsWith(': ran')) did[end] = (did[end] ?? 0) + count;
    }
  }
  assert.equal(did, { 'source: ran': 3, 'modules: ran': 4, 'go-build: ran': 9 });
});

test('--fresh compiles all that is asked for again, from an empty build cache, to the same bytes', async ({
  program,
}) => {
  // Of a project with two builds: that each Go makes the same of all of them from nothing is what the first test says.
  const words = ['verify', 'sample', '--project', 'sample/clock', '--platform', 'linux/arm64', '--fresh'];
  const ran = await program.run([...words, '--log', 'json']);
  tell('--fresh', ran.seconds);
  assert.is(ran.code, 0, ran.stderr);
  assert.is(endsOf(ran.stdout)['go-build: ran'], 2);
  const check = await program.run(['cache', 'check']);
  assert.is(check.code, 0, check.stdout);
});

test('Ctrl-C ends it at once: 130, and the same command goes on from there', async ({ program }) => {
  const child = program.start(['verify', 'sample', '--fresh']);
  let said = '';
  child.stdout?.on('data', (chunk) => (said += chunk));
  child.stderr?.resume();
  const ended = new Promise<number | null>((resolve) => child.once('close', resolve));
  while (!said.includes('go-build')) await setTimeout(20);
  await setTimeout(500);
  const began = performance.now();
  child.kill('SIGINT');
  assert.is(await ended, 130);
  tell('to end', (performance.now() - began) / 1000);
  assert.match(said, 'The same command goes on from there.');
  assert.equal(readdirSync(join(program.cache, 'tmp')), []);
  const again = await program.run(['verify', 'sample']);
  assert.is(again.code, 0);
  assert.match(again.stdout, all);
});

test('a reader that has enough is no trouble', async ({ program }) => {
  const child = program.start(['plan', 'sample', '--json']);
  child.stdout?.destroy();
  let said = '';
  child.stderr?.on('data', (chunk) => (said += chunk));
  assert.is(await new Promise((resolve) => child.once('close', resolve)), 0);
  assert.is(said, '');
});

test.run();
