import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { describeFailure } from '../../orchestrator/core/describe-failure.ts';
import { exitCodeOf } from '../../orchestrator/core/exit-code.ts';
import { err, ok } from '../../orchestrator/core/result.ts';
import { systemFailure, trying } from '../../orchestrator/core/system-error.ts';

/** As Node words it. */
function systemError(code: string, path?: string): Error {
  return Object.assign(new Error(`${code}: no, open${path === undefined ? '' : ` '${path}'`}`), {
    ...{ code, syscall: 'open' },
    ...(path === undefined ? {} : { path }),
  });
}

const table: readonly (readonly [code: string, said: RegExp])[] = [
  ['ENOSPC', /^The disk is full: \/there\. /],
  ['EDQUOT', /^The disk is full: \/there\. /],
  ['EROFS', /^The system refuses: EROFS: no, open '\/there'\. Name a place that can be written\.$/],
  ['EACCES', /^The system refuses: EACCES: .* give permission/],
  ['EMFILE', /^The system refuses: EMFILE: .* Allow more open files \(ulimit -n\)/],
  ['EIO', /kernel's log/],
];

for (const [code, said] of table) {
  test(`${code} is told as what it is, with what helps: 4`, () => {
    const failure = systemFailure(systemError(code, '/there'));
    assert.ok(failure !== undefined);
    assert.match(describeFailure(failure), said);
    assert.is(exitCodeOf(failure.reason), 4);
  });
}

test('a disk that is full has a place, also where nothing says which', () => {
  assert.equal(systemFailure(systemError('ENOSPC'), 'standard output'), {
    reason: 'disk-full',
    path: 'standard output',
  });
});

test("a file that is not there, an argument and a slip of ours are nobody's business but ours", async () => {
  const bugs = [
    systemError('ENOENT', '/there'),
    systemError('EBADF'),
    Object.assign(new Error('an argument'), { code: 'ERR_INVALID_ARG_TYPE' }),
    new TypeError('a slip'),
    'EMFILE',
  ];
  for (const bug of bugs) {
    assert.is(systemFailure(bug), undefined);
    const thrown = await trying(() => Promise.reject(bug)).catch((error: unknown) => ({ error }));
    assert.equal(thrown, { error: bug });
  }
});

test('of several bodies, one that the system refuses gives its failure', async () => {
  const bodies = ['EMFILE', undefined].map((code) => async () => {
    if (code !== undefined) throw systemError(code);
    return ok(1);
  });
  const [refused, made] = await Promise.all(bodies.map(trying));
  assert.equal(made, ok(1));
  assert.equal(refused, err(systemFailure(systemError('EMFILE'))));
});

test.run();
