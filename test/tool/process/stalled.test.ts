import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as assert from 'uvu/assert';
import { isNetworkTrouble } from '../../../orchestrator/tool/process/fetch-failure.ts';
import { noIsolation } from '../../../orchestrator/tool/process/isolation.ts';
import { createRunProcess } from '../../../orchestrator/tool/process/run-process.ts';
import { runWatched } from '../../../orchestrator/tool/process/stalled.ts';
import { suite } from '../../rig/suite.ts';

const test = suite<{ folder: string }>('what fetches into a folder');
test.before.each((context, defer) => {
  context.folder = mkdtempSync(join(tmpdir(), 'stalled-'));
  defer(() => rmSync(context.folder, { recursive: true }));
});

const run = createRunProcess({ isolation: noIsolation, now: () => performance.now() });

function watch(folder: string, script: string, signal = new AbortController().signal) {
  const env = { PATH: process.env['PATH'] ?? '' };
  const command = { program: 'sh', args: ['-c', script], cwd: folder, env, network: 'allowed' as const };
  return runWatched({ run, signal }, command, folder, 0.5);
}

test('is given up where nothing more comes, and told as what timed out', async ({ folder }) => {
  const began = performance.now();
  const outcome = await watch(folder, 'echo begun >&2; echo x > a; sleep 60');
  assert.ok(performance.now() - began < 20_000);
  assert.not(outcome.aborted);
  assert.is(outcome.signal, undefined);
  assert.ok(outcome.exitCode !== 0);
  assert.match(outcome.stderr, /^begun\n.*less than 50 bytes a second came/s);
  assert.ok(isNetworkTrouble(outcome.stderr));
});

test('goes on for as long as something comes, however slowly, but for a byte now and then', async ({
  folder,
}) => {
  const script = (bytes: string) => `for each in 1 2 3 4 5 6 7 8; do sleep 0.2; echo ${bytes} >> a; done`;
  assert.is((await watch(folder, script('x'.repeat(50)))).exitCode, 0);
  const dripping = await watch(folder, script(''));
  assert.is.not(dripping.exitCode, 0);
  assert.ok(isNetworkTrouble(dripping.stderr));
});

test('that a user ended is ended, and timed out in nobody’s words', async ({ folder }) => {
  const interrupting = AbortSignal.timeout(100);
  const outcome = await watch(folder, 'sleep 60', interrupting);
  assert.ok(outcome.aborted);
  assert.not(isNetworkTrouble(outcome.stderr));
});

test.run();
