import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { Failure } from '../../../orchestrator/core/failure.ts';
import { verdictOfFailure } from '../../../orchestrator/verdict/verify/classify-failure.ts';

test('what cannot be had is not a failed build, and neither is a full disk', () => {
  const cases: readonly (readonly [Failure, string])[] = [
    [{ reason: 'toolchain-unavailable', version: '1.13', detail: '' }, 'toolchain-unavailable'],
    [{ reason: 'source-unavailable', repository: '', wanted: '', detail: '' }, 'source-unavailable'],
    [{ reason: 'module-unavailable', module: '', detail: '' }, 'source-unavailable'],
    [{ reason: 'moved-tag', repository: '', tag: '', locked: '', found: '' }, 'source-unavailable'],
    [{ reason: 'network', what: '', detail: '' }, 'infra-failed'],
    [{ reason: 'rate-limited', what: '', by: undefined, detail: '' }, 'infra-failed'],
    [{ reason: 'fetch-failed', what: '', detail: '', help: '' }, 'infra-failed'],
    [{ reason: 'usage', message: '', help: '' }, 'infra-failed'],
    [{ reason: 'disk-full', path: '' }, 'infra-failed'],
    [{ reason: 'read-only', path: '' }, 'infra-failed'],
    [{ reason: 'store-damaged', path: '', detail: '' }, 'infra-failed'],
    [{ reason: 'store-version', path: '', found: '', expected: '' }, 'infra-failed'],
    [{ reason: 'missing-program', program: 'git', help: '' }, 'infra-failed'],
    [{ reason: 'aborted' }, 'infra-failed'],
    [{ reason: 'module-mismatch', module: '', detail: '' }, 'build-failed'],
    [{ reason: 'patch-failed', patch: '', file: undefined, hunk: undefined, detail: '' }, 'build-failed'],
    [{ reason: 'missing-output', file: '', detail: '' }, 'build-failed'],
  ];
  for (const [failure, verdict] of cases) assert.is(verdictOfFailure(failure), verdict, failure.reason);
});

test.run();
