import { chmod, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as assert from 'uvu/assert';
import { noIsolation } from '../../../orchestrator/tool/process/isolation.ts';
import type { Command } from '../../../orchestrator/tool/process/process.ts';
import { createRunProcess } from '../../../orchestrator/tool/process/run-process.ts';
import { suite } from '../../rig/suite.ts';

const test = suite<{ folder: string }>('run process');
const run = createRunProcess({ isolation: noIsolation, now: Date.now, grace: 100 });

function shell(script: string, more: Partial<Command> = {}): Command {
  const env = { PATH: '/usr/bin:/bin' };
  return { program: 'sh', args: ['-c', script], cwd: '/', env, network: 'allowed', ...more };
}

test.before(async (context) => {
  context.folder = await mkdtemp(join(tmpdir(), 'run-process-'));
});

test.after(async ({ folder }) => {
  await rm(folder, { recursive: true });
});

test('exit code, output and errors come back', async () => {
  const outcome = await run(shell('echo out; echo err >&2; exit 3'));
  assert.equal(
    [outcome.exitCode, outcome.signal, outcome.spawnError, outcome.aborted],
    [3, undefined, undefined, false],
  );
  assert.equal([outcome.stdout, outcome.stderr], ['out\n', 'err\n']);
});

test('nothing of our own environment reaches it', async () => {
  const outcome = await run(shell('env | sort', { env: { PATH: '/usr/bin:/bin', ONLY: 'this' } }));
  const names = outcome.stdout
    .trim()
    .split('\n')
    .map((line) => line.split('=')[0]);
  // PWD, SHLVL and _ are the shell's own.
  assert.equal(
    names.filter((name) => !['PWD', 'SHLVL', '_', 'OLDPWD'].includes(name ?? '')),
    ['ONLY', 'PATH'],
  );
});

test('arguments are no shell words', async () => {
  const args = ['%s|', '$HOME', '*', 'a  b', '; exit 9', ''];
  const outcome = await run({ ...shell(''), program: 'printf', args });
  assert.is(outcome.stdout, '$HOME|*|a  b|; exit 9||');
});

test('the program is looked up on the PATH of the command, not on ours', async ({ folder }) => {
  await writeFile(join(folder, 'sh'), '#!/bin/sh\necho the other shell\n');
  await chmod(join(folder, 'sh'), 0o755);
  assert.is((await run(shell('', { env: { PATH: folder } }))).stdout, 'the other shell\n');
  assert.is((await run(shell('', { env: { PATH: '/nonexistent' } }))).spawnError, 'ENOENT');
  assert.is((await run(shell('', { env: {} }))).spawnError, 'ENOENT');
});

test('a folder that is not there is said, not taken for a missing program', async () => {
  const outcome = await run(shell('', { cwd: '/nonexistent/folder' }));
  assert.is(outcome.spawnError, 'there is no folder /nonexistent/folder');
});

test('an argument list that is too long is a spawn error', async () => {
  assert.is((await run(shell('x'.repeat(200_000)))).spawnError, 'E2BIG');
});

test('input is given, and without one there is none to wait for', async () => {
  assert.is((await run({ ...shell(''), program: 'cat', args: [], input: 'text' })).stdout, 'text');
  assert.is(
    (await run({ ...shell(''), program: 'cat', args: [], input: new Uint8Array([104, 105]) })).stdout,
    'hi',
  );
  assert.is((await run({ ...shell(''), program: 'cat', args: [] })).stdout, '');
});

test('a program that does not read its input is no trouble', async () => {
  assert.is((await run(shell('exit 0', { input: 'x'.repeat(1_000_000) }))).exitCode, 0);
});

test('output goes to a file, bytes as they are', async ({ folder }) => {
  const stdoutFile = join(folder, 'out');
  const outcome = await run(shell("printf '\\377\\000\\n'; echo err >&2", { stdoutFile }));
  assert.equal([outcome.stdout, outcome.stderr], ['', 'err\n']);
  assert.equal([...(await readFile(stdoutFile))], [255, 0, 10]);
  const nowhere = join(folder, 'no', 'folder');
  assert.is((await run(shell('', { stdoutFile: nowhere }))).spawnError, 'ENOENT');
});

test('each line of standard error comes while the process runs', async ({ folder }) => {
  const lines: string[] = [];
  const stopped = join(folder, 'stopped');
  // The process waits, three seconds at most, for the file that only its first line makes.
  const waiting = `i=0; until [ -e ${stopped} ]; do i=$((i+1)); [ $i -lt 300 ] || exit 9; sleep 0.01; done`;
  const outcome = await run(
    shell(`echo first >&2; ${waiting}; printf last >&2`, {
      onLine: (line) => {
        lines.push(line);
        void writeFile(stopped, '');
      },
    }),
  );
  assert.is(outcome.exitCode, 0);
  assert.equal(lines, ['first', 'last']);
});

test('a process that was ended by a signal says which', async () => {
  const outcome = await run(shell('kill -KILL $$'));
  assert.equal([outcome.exitCode, outcome.signal, outcome.aborted], [undefined, 'SIGKILL', false]);
});

test('an abort ends the whole group, also what ignores SIGTERM', async ({ folder }) => {
  const beat = join(folder, 'beat');
  const controller = new AbortController();
  const script = `trap '' TERM; (while :; do echo . >> ${beat}; echo up >&2; sleep 0.01; done) & wait`;
  const outcome = await run(shell(script, { signal: controller.signal, onLine: () => controller.abort() }));
  assert.ok(outcome.aborted);
  assert.is(outcome.signal, 'SIGKILL');
  await assertStopped(beat);
});

test('what a process left running in its group ends with it', async ({ folder }) => {
  const beat = join(folder, 'left');
  const outcome = await run(shell(`(while :; do echo . >> ${beat}; sleep 0.01; done) & sleep 0.05; exit 4`));
  assert.is(outcome.exitCode, 4);
  await assertStopped(beat);
});

test('an abort that came before starts nothing', async ({ folder }) => {
  const never = join(folder, 'never');
  const outcome = await run(shell(`touch ${never}`, { signal: AbortSignal.abort() }));
  assert.ok(outcome.aborted);
  assert.is(await readFile(never).catch(() => 'none'), 'none');
});

test('the prefix of the isolation stands in front, by what the network is', async () => {
  const prefix = { allowed: ['/usr/bin/env', 'WHICH=online'], none: ['/usr/bin/env', 'WHICH=offline'] };
  const isolated = createRunProcess({ isolation: { ...noIsolation, prefix }, now: Date.now });
  assert.is((await isolated(shell('echo $WHICH'))).stdout, 'online\n');
  assert.is((await isolated(shell('echo $WHICH', { network: 'none' }))).stdout, 'offline\n');
});

async function assertStopped(beat: string): Promise<void> {
  const before = (await readFile(beat)).length;
  await new Promise((resolve) => setTimeout(resolve, 50));
  assert.ok(before > 0);
  assert.is((await readFile(beat)).length, before);
}

test.run();
