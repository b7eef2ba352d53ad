import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import * as assert from 'uvu/assert';
import { noIsolation, probeIsolation } from '../../orchestrator/tool/process/isolation.ts';
import { createRunProcess } from '../../orchestrator/tool/process/run-process.ts';
import { suite } from '../rig/suite.ts';

const test = suite<{ folder: string }>('what kill -9 leaves behind');
const searchPath = process.env['PATH'] ?? '';
const isolation = await probeIsolation(
  createRunProcess({ isolation: noIsolation, now: Date.now }),
  searchPath,
);
const root = fileURLToPath(new URL('../../', import.meta.url));

/** A program of ours that runs a shell script and waits for it. */
function orchestrator(script: string, network: 'allowed' | 'none'): ChildProcess {
  const command = { program: 'sh', args: ['-c', script], cwd: '/', env: { PATH: searchPath }, network };
  const code = `
    import { createRunProcess } from './orchestrator/tool/process/run-process.ts';
    const run = createRunProcess({ isolation: ${JSON.stringify(isolation)}, now: Date.now });
    await run(${JSON.stringify(command)});
  `;
  return spawn(process.execPath, ['--import', 'tsx', '--input-type=module', '-e', code], {
    cwd: root,
    stdio: 'ignore',
  });
}

const size = (path: string): Promise<number> =>
  readFile(path).then(
    (bytes) => bytes.length,
    () => 0,
  );
const pause = (milliseconds: number): Promise<void> =>
  new Promise((resolve) => setTimeout(resolve, milliseconds));

async function isLeftRunning(beat: string, ours: ChildProcess): Promise<boolean> {
  for (let tries = 0; (await size(beat)) === 0 && tries < 500; tries++) await pause(20);
  const started = await size(beat);
  ours.kill('SIGKILL');
  await pause(200);
  const before = await size(beat);
  await pause(200);
  assert.ok(started > 0, 'it never started');
  return (await size(beat)) > before;
}

test.before(async (context) => {
  context.folder = await mkdtemp(join(tmpdir(), 'orphans-'));
});

test.after(async ({ folder }) => {
  await rm(folder, { recursive: true });
});

test('a command ends with us', async ({ folder }) => {
  if (!isolation.diesWithParent) return;
  const beat = join(folder, 'allowed');
  assert.not.ok(
    await isLeftRunning(beat, orchestrator(`while :; do echo . >> ${beat}; sleep 0.02; done`, 'allowed')),
  );
});

test('with a namespace of its own, all that it started ends as well', async ({ folder }) => {
  if (!isolation.diesWithParent || isolation.processes === 'none') return;
  const beat = join(folder, 'none');
  const script = `setsid sh -c 'while :; do echo . >> ${beat}; sleep 0.02; done' & sleep 60`;
  assert.not.ok(await isLeftRunning(beat, orchestrator(script, 'none')));
});

test.run();
