import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { failureHeadline } from '../../orchestrator/core/failure-headline.ts';

test('a failed command is told by its name, its end and the first thing that it complained of', () => {
  const output =
    'go: downloading example.com/x v1.0.0\n# example.com/tool\n./main.go:3:1: undefined: x\nnote: more';
  const failure = { reason: 'command-failed', exitCode: 1, signal: undefined, output } as const;
  assert.is(
    failureHeadline({ ...failure, command: 'GOOS=linux go build -trimpath .' }),
    'go build exited with 1: ./main.go:3:1: undefined: x',
  );
  assert.is(
    failureHeadline({
      ...failure,
      command: 'git am 1.patch',
      exitCode: undefined,
      signal: 'SIGKILL',
      output: '',
    }),
    'git am was ended by SIGKILL',
  );
});

test('of BuildKit, what was wrong at the end counts', () => {
  const output =
    '#7 ERROR: process\n------\n > [2/3] RUN false:\n------\nerror: failed to solve: process "false" exited 1';
  const failure = { reason: 'command-failed', exitCode: 1, signal: undefined, output } as const;
  assert.is(
    failureHeadline({ ...failure, command: 'buildctl build --progress plain' }),
    'buildctl build exited with 1: failed to solve: process "false" exited 1',
  );
});

test('of several complaints about a file the first is told, and how many more there are', () => {
  const location = { file: 'a.yaml', line: 2, column: 3, length: 1, text: 'x' };
  const diagnostic = { severity: 'error', message: 'no number', location } as const;
  assert.is(failureHeadline({ reason: 'configuration', diagnostics: [diagnostic] }), 'a.yaml:2:3: no number');
  assert.is(
    failureHeadline({ reason: 'configuration', diagnostics: [diagnostic, diagnostic, diagnostic] }),
    'a.yaml:2:3: no number (and 2 more)',
  );
});

test('any other failure is told by its first line', () => {
  assert.is(
    failureHeadline({ reason: 'usage', message: 'No release named.', help: 'Name one.' }),
    'No release named.',
  );
});

test.run();
