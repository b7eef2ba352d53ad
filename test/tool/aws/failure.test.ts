import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { Failure } from '../../../orchestrator/core/failure.ts';
import { attempt } from '../../../orchestrator/tool/aws/failure.ts';

const words = { section: 'ecr', policy: 'push --policy' };
const doing = { signal: new AbortController().signal, secrets: ['canary'], ...words };

/** An exception as the SDK makes them of an answer. */
function answered(name: string, httpStatusCode: number, message = 'No.'): Error {
  return Object.assign(new Error(message), { name, $metadata: { httpStatusCode } });
}

const cases: readonly (readonly [error: Error, reason: Failure['reason'], text: string])[] = [
  [named('CredentialsProviderError'), 'usage', 'No AWS credentials were found for creating a/b'],
  [answered('ExpiredTokenException', 400), 'usage', 'AWS does not take the credentials'],
  [answered('UnrecognizedClientException', 400), 'usage', 'AWS does not take the credentials'],
  [answered('AccessDeniedException', 400), 'usage', 'AWS does not allow creating a/b'],
  [answered('LimitExceededException', 400), 'usage', 'AWS refused creating a/b: LimitExceededException'],
  [answered('ThrottlingException', 400), 'rate-limited', 'ThrottlingException: No.'],
  [answered('SlowDown', 503), 'rate-limited', 'SlowDown: No.'],
  [answered('RequestTimeTooSkewed', 403), 'usage', 'AWS has another time than this machine'],
  [answered('InvalidAccessKeyId', 403), 'usage', 'AWS does not take the credentials'],
  [answered('AuthorizationErrorException', 403), 'usage', 'push --policy'],
  [answered('TooManyRequestsException', 429), 'rate-limited', 'creating a/b'],
  [answered('ServerException', 500), 'network', 'ServerException'],
  [answered('UnknownError', 503), 'network', 'UnknownError'],
  [named('TimeoutError'), 'network', 'TimeoutError'],
  [Object.assign(new Error('connect ECONNREFUSED'), { code: 'ECONNREFUSED' }), 'network', 'ECONNREFUSED'],
];

for (const [error, reason, text] of cases) {
  test(`${error.name} (${error.message}) is the failure ${reason}`, async () => {
    const outcome = await attempt('creating a/b', doing, () => Promise.reject(error));
    assert.ok(!outcome.ok);
    assert.is(outcome.error.reason, reason);
    assert.match(JSON.stringify(outcome.error), text);
  });
}

test('what no service and no system said is a bug, and thrown', async () => {
  for (const bug of [new TypeError('x is undefined'), 'text']) {
    let thrown: unknown;
    await attempt('creating a/b', doing, () => Promise.reject(bug)).catch((error: unknown) => {
      thrown = error;
    });
    assert.is(thrown, bug);
  }
});

test('a service may say first what its errors mean', async () => {
  const own: Failure = { reason: 'usage', message: 'There is none.', help: '' };
  const explain = ({ name }: { readonly name: string }) => (name === 'NoSuchBucket' ? own : undefined);
  const failing = (name: string) =>
    attempt('x', { ...doing, explain }, () => Promise.reject(answered(name, 404)));
  assert.equal(await failing('NoSuchBucket'), { ok: false, error: own });
  assert.match(JSON.stringify(await failing('NoSuchKey')), 'AWS refused x: NoSuchKey');
});

test('a refused signature shows neither the request that AWS repeats nor a secret', async () => {
  const message =
    'The request signature of canary does not match.\n\nThe Canonical String was\nx-amz-security-token:other';
  const outcome = await attempt('creating a/b', doing, () =>
    Promise.reject(answered('InvalidSignatureException', 403, message)),
  );
  const text = JSON.stringify(outcome);
  assert.match(text, 'The request signature of *** does not match.');
  assert.not.match(text, 'canary');
  assert.not.match(text, 'x-amz-security-token');
});

test('what is interrupted is aborted, before and during the call', async () => {
  const during = new AbortController();
  const outcome = await attempt(
    'creating a/b',
    { signal: during.signal, secrets: [], ...words },
    async () => {
      during.abort();
      throw named('AbortError');
    },
  );
  assert.equal(outcome, { ok: false, error: { reason: 'aborted' } });
  let calls = 0;
  const after = await attempt('creating a/b', { signal: during.signal, secrets: [], ...words }, async () => {
    calls += 1;
  });
  assert.equal([after, calls], [{ ok: false, error: { reason: 'aborted' } }, 0]);
});

function named(name: string): Error {
  return Object.assign(new Error('No.'), { name });
}

test.run();
