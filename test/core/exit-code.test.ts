import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { type ExitCode, exitCodeOf, gravest } from '../../orchestrator/core/exit-code.ts';

test('the gravest of several exit codes wins', () => {
  const cases: readonly (readonly [readonly ExitCode[], ExitCode])[] = [
    [[], 0],
    [[0, 1], 1],
    [[1, 3], 3],
    [[4, 3, 1], 4],
    [[2, 4], 2],
    [[0, 5], 5],
    [[5, 1], 1],
    [[130, 2, 4], 130],
  ];
  for (const [codes, worst] of cases) assert.is(gravest(codes), worst, codes.join(' '));
});

test('failures end a command with the exit code of their kind', () => {
  assert.is(exitCodeOf('unknown-name'), 2);
  assert.is(exitCodeOf('patch-failed'), 3);
  assert.is(exitCodeOf('network'), 4);
  assert.is(exitCodeOf('toolchain-unavailable'), 4);
  assert.is(exitCodeOf('module-mismatch'), 3);
  assert.is(exitCodeOf('aborted'), 130);
});

test.run();
