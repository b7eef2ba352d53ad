import * as fs from 'node:fs';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { err, ok } from '../../orchestrator/core/result.ts';
import { guarded, unless } from '../../orchestrator/store/errno.ts';

/** The error that the system would give, as Node words it. */
function systemError(code: string): Error {
  return Object.assign(new Error(`${code}: no, write`), { code, syscall: 'write', path: '/store/blobs/x' });
}

const table: readonly (readonly [string, string])[] = [
  ['ENOSPC', '{"reason":"disk-full","path":"/store"}'],
  ['EDQUOT', '{"reason":"disk-full","path":"/store"}'],
  ['EROFS', '{"reason":"read-only","path":"/store"}'],
  ['EACCES', '{"reason":"read-only","path":"/store"}'],
  ['EPERM', '{"reason":"read-only","path":"/store"}'],
  ['EIO', '{"reason":"store-damaged","path":"/store/blobs/x","detail":"EIO: no, write"}'],
];

for (const [code, failure] of table) {
  test(`${code} is ${failure}`, async () => {
    const result = await guarded('/store', () => Promise.reject(systemError(code)));
    assert.is(JSON.stringify(result), JSON.stringify(err(JSON.parse(failure))));
  });
}

test('what is no system error is a bug, and is thrown on', async () => {
  for (const bug of [
    new TypeError('a bug'),
    Object.assign(new Error('an argument'), { code: 'ERR_INVALID_ARG_TYPE' }),
    7,
  ]) {
    try {
      await guarded('/store', () => Promise.reject(bug));
      assert.unreachable('swallowed');
    } catch (error) {
      assert.is(error, bug);
    }
  }
});

test('a value passes, and only the named errors are left out', async () => {
  assert.equal(await guarded('/store', async () => ok(1)), ok(1));
  assert.is(
    unless(['ENOENT'], () => fs.readFileSync('/no/such/file')),
    undefined,
  );
  assert.throws(() => unless(['EACCES'], () => fs.readFileSync('/no/such/file')), /ENOENT/);
});

test.run();
