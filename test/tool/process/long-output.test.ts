import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { noIsolation } from '../../../orchestrator/tool/process/isolation.ts';
import { runForLongOutput } from '../../../orchestrator/tool/process/long-output.ts';
import { createRunProcess } from '../../../orchestrator/tool/process/run-process.ts';

const run = createRunProcess({ isolation: noIsolation, now: Date.now });

test('all of a long output is given, and no file is left', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'long-output-'));
  const write = (program: string) => ({
    ...{ program, args: ['-e', 'process.stdout.write("0123456789".repeat(1e6))'] },
    ...{ cwd: folder, env: {}, network: 'none' as const },
  });
  const file = join(folder, 'said');
  const kept = await run(write(process.execPath));
  assert.ok(kept.stdout.length < 1e7);
  const whole = await runForLongOutput(run, write(process.execPath), file);
  assert.is(whole.stdout.length, 1e7);
  assert.is(whole.exitCode, 0);
  const missing = await runForLongOutput(run, write('/there/is/no/such/program'), file);
  assert.is(missing.spawnError, 'ENOENT');
  assert.equal(readdirSync(folder), []);
  rmSync(folder, { recursive: true });
});

test.run();
