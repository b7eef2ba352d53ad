import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { describeFields } from '../../../orchestrator/commands/rebuild/describe-outcome.ts';
import { differingFields } from '../../../orchestrator/commands/rebuild/differing-fields.ts';

test('the smallest members that differ, on both sides', () => {
  const stated = { a: 1, b: { c: 'x', d: [1, 2] }, gone: 'x' };
  const here = { a: 1, b: { c: 'y', d: [1, 3] }, new: { e: 1 } };
  assert.equal(differingFields(stated, here), [
    { field: 'b.c', stated: 'x', here: 'y' },
    { field: 'b.d.1', stated: '2', here: '3' },
    { field: 'gone', stated: 'x', here: undefined },
    { field: 'new', stated: undefined, here: '{"e":1}' },
  ]);
  assert.equal(differingFields(stated, structuredClone(stated)), []);
  assert.equal(differingFields({ a: [] }, { a: null }), [{ field: 'a', stated: '[]', here: 'null' }]);
});

test('what a list has is known by its URI or name, in whatever place it stands', () => {
  const one = { uri: 'git+x', digest: { sha256: 'a' } };
  const two = { name: 'two', digest: { sha256: 'b' } };
  assert.equal(differingFields([one, two], [two, one]), []);
  assert.equal(differingFields([one, two], [two, { ...one, digest: { sha256: 'c' } }]), [
    { field: 'git+x.digest.sha256', stated: 'a', here: 'c' },
  ]);
});

test('what a list has twice under one name is not lost', () => {
  const one = { uri: 'git+x', digest: { sha256: 'a' } };
  const other = { uri: 'git+x', digest: { sha256: 'b' } };
  assert.ok(differingFields([one, other], [other]).length > 0);
});

test('as many as anybody reads are told, with the values of each', () => {
  const many = Object.fromEntries([...Array(22).keys()].map((at) => [`m${at}`, at]));
  const text = describeFields(differingFields(many, {}));
  assert.match(text, '  m0: the statement has 0, here none\n');
  assert.match(text, /\n {2}and 2 members more\n$/);
  const hostile = describeFields([{ field: 'a\u001b[2J', stated: 'x'.repeat(300), here: '\n' }]);
  assert.is(hostile, `  a\\u001b[2J: the statement has ${'x'.repeat(200)}…, here \\u000a\n`);
});

test.run();
