import { spawnSync } from 'node:child_process';
import { hostname } from 'node:os';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { underOtherConditions } from '../../../orchestrator/task/go/other-conditions.ts';
import { noIsolation } from '../../../orchestrator/tool/process/isolation.ts';
import { createRunProcess } from '../../../orchestrator/tool/process/run-process.ts';

const run = createRunProcess({ isolation: noIsolation, now: Date.now });

test('what must not matter is otherwise, and the words of the command are the same', async () => {
  const path = '/usr/bin:/bin';
  const words = ["a b'c", '$HOME'];
  const outcome = await run(
    underOtherConditions({
      program: '/bin/sh',
      args: ['-c', 'umask; echo "$GOMAXPROCS $TZ"; hostname; for each; do echo "$each"; done', 'x', ...words],
      cwd: '/',
      env: { PATH: path },
      network: 'none',
    }),
  );
  const [mask, settings, host, ...rest] = outcome.stdout.trimEnd().split('\n');
  assert.equal([mask, settings], ['0077', '1 Asia/Kathmandu']);
  assert.equal(rest, words);
  const mayHave = spawnSync('unshare', ['--uts', 'true']).status === 0;
  assert.is(host, mayHave ? 'some-other-machine' : hostname());
  assert.is.not(hostname(), 'some-other-machine', 'the machine keeps its name');
});

test('a command that fails fails', async () => {
  const command = {
    program: '/bin/false',
    args: [],
    cwd: '/',
    env: { PATH: '/bin' },
    network: 'none',
  } as const;
  assert.is((await run(underOtherConditions(command))).exitCode, 1);
});

test.run();
