import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { checkGit } from '../../../orchestrator/tool/git/version.ts';
import type { ProcessOutcome } from '../../../orchestrator/tool/process/process.ts';

const ended = { exitCode: 0, signal: undefined, aborted: false, stderr: '', seconds: 0 };

function gitThatSays(stdout: string, spawnError?: string) {
  const outcome: ProcessOutcome = {
    ...ended,
    ...(spawnError && { exitCode: undefined }),
    stdout,
    spawnError,
  };
  return checkGit({ env: {}, run: async () => outcome });
}

test('a git that is new enough is told by its version', async () => {
  assert.equal(await gitThatSays('git version 2.31.0\n'), { ok: true, value: '2.31.0' });
  assert.equal(await gitThatSays('git version 2.39.5 (Apple Git-154)\n'), { ok: true, value: '2.39.5' });
  assert.equal(await gitThatSays('git version 3.0.0.rc1\n'), { ok: true, value: '3.0.0.rc1' });
});

test('an older one is refused', async () => {
  const error = { reason: 'program-too-old', program: 'git', found: '2.30.9', needed: '2.31' };
  assert.equal(await gitThatSays('git version 2.30.9\n'), { ok: false, error });
  const odd = await gitThatSays('something else');
  assert.is(odd.ok ? '' : odd.error.reason, 'program-too-old');
});

test('none at all says how to get one', async () => {
  const none = await gitThatSays('', 'ENOENT');
  assert.is(none.ok ? '' : none.error.reason, 'missing-program');
  assert.match(JSON.stringify(none), 'Install git 2.31');
});

test.run();
