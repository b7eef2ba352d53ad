import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { asDigest } from '../../../orchestrator/core/digest.ts';
import type { Failure } from '../../../orchestrator/core/failure.ts';
import { exitCodeFor, summarize } from '../../../orchestrator/verdict/verify/summary.ts';
import type { FileVerdict } from '../../../orchestrator/verdict/verify/verdict.ts';
import { fileVerdict } from '../../rig/verdicts.ts';

const broken: Failure = { reason: 'command-failed', command: '', exitCode: 1, signal: undefined, output: '' };

const good = fileVerdict();
const different = fileVerdict({ verdict: 'different' });
const unbuilt = fileVerdict({ verdict: 'build-failed', failure: broken });
const offline = fileVerdict({
  verdict: 'infra-failed',
  failure: { reason: 'network', what: '', detail: '' },
});
const stopped = fileVerdict({ verdict: 'infra-failed', failure: { reason: 'aborted' } });

test('identical counts what is equivalent, comparable and all count what each says', () => {
  const summary = summarize([
    good,
    fileVerdict({ verdict: 'equivalent', platform: 'linux/arm64' }),
    different,
    fileVerdict({ project: 'a/first', verdict: 'not-built', comparable: false }),
  ]);
  assert.equal(summary.totals, { identical: 2, comparable: 3, all: 4 });
  assert.equal(
    [...summary.byProject],
    [
      ['a/first', { identical: 0, comparable: 0, all: 1 }],
      ['org/tool', { identical: 2, comparable: 3, all: 3 }],
    ],
  );
  assert.equal(
    [...summary.byPlatform],
    [
      ['linux/amd64', { identical: 1, comparable: 2, all: 3 }],
      ['linux/arm64', { identical: 1, comparable: 1, all: 1 }],
    ],
  );
  assert.is(summary.byVerdict.get('different'), 1);
});

test('the gravest verdict decides the exit code', () => {
  const cases: readonly (readonly [readonly FileVerdict[], number])[] = [
    [[], 0],
    [[good, fileVerdict({ verdict: 'equivalent' })], 0],
    [[good, different], 1],
    [[good, fileVerdict({ verdict: 'explained' })], 1],
    [[different, unbuilt], 3],
    [[unbuilt, offline], 4],
    [[fileVerdict({ verdict: 'build-failed' })], 3],
    [
      [
        fileVerdict({
          verdict: 'build-failed',
          failure: { reason: 'unsafe-path', path: '', where: '', detail: '' },
        }),
      ],
      2,
    ],
  ];
  for (const [verdicts, code] of cases) assert.is(exitCodeFor(verdicts), code);
});

test('what is out of our hands is no failure, but a moved tag wants looking at', () => {
  const names = [
    'stale-expectation',
    'no-expectation',
    'not-built',
    'toolchain-unavailable',
    'source-unavailable',
  ] as const;
  for (const verdict of names)
    assert.is(exitCodeFor([good, fileVerdict({ verdict, comparable: false })]), 0, verdict);
  const failure: Failure = { reason: 'moved-tag', repository: '', tag: '', locked: '', found: '' };
  assert.is(exitCodeFor([fileVerdict({ verdict: 'source-unavailable', failure }), offline]), 2);
});

test('where nothing was compared there is no answer, and that is not the answer that all is well', () => {
  const unavailable = fileVerdict({ verdict: 'toolchain-unavailable', comparable: false });
  const unnamed = fileVerdict({
    verdict: 'no-expectation',
    comparable: false,
    found: asDigest('a'.repeat(64)),
  });
  assert.is(exitCodeFor([unavailable, unavailable]), 5);
  assert.is(exitCodeFor([unavailable, good]), 0);
  assert.is(exitCodeFor([unavailable, different]), 1);
  assert.is(exitCodeFor([unnamed]), 5);
  assert.is(exitCodeFor([unnamed], { compares: false }), 0);
  assert.is(exitCodeFor([unavailable], { compares: false }), 5);
  assert.is(exitCodeFor([]), 0);
  const setting: Failure = { reason: 'usage', message: '', help: '' };
  assert.is(exitCodeFor([fileVerdict({ verdict: 'infra-failed', failure: setting }), unavailable]), 2);
});

test('an abort counts only where nothing else says why the run stopped, and a signal always', () => {
  assert.is(exitCodeFor([good, stopped]), 4);
  assert.is(exitCodeFor([unbuilt, stopped]), 3);
  assert.is(exitCodeFor([good, unbuilt], { interrupted: true }), 130);
});

test.run();
