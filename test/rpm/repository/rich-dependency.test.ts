import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { holds, missingOf, requirementOf } from '../../../orchestrator/rpm/repository/rich-dependency.ts';

function check(text: string, there: readonly string[]): string {
  const requirement = requirementOf({ name: text });
  const has = ({ name }: { readonly name: string }) => there.includes(name);
  if (holds(requirement, has)) return 'holds';
  return missingOf(requirement, has)
    .map(({ name, version }) => (version === undefined ? name : `${name} ${version}`))
    .join(' ');
}

test('plain names, and names with parentheses of their own', () => {
  assert.is(check('libz.so.1()(64bit)', []), 'libz.so.1()(64bit)');
  assert.is(check('(libz.so.1()(64bit) or b)', ['b']), 'holds');
  assert.is(check('(libz.so.1()(64bit) or b)', []), 'libz.so.1()(64bit)');
  assert.is(check('(a and libz.so.1()(64bit))', ['a']), 'libz.so.1()(64bit)');
});

test('conditions', () => {
  assert.is(check('(a if b)', []), 'holds');
  assert.is(check('(a if b)', ['b']), 'a');
  assert.is(check('(a if b else c)', []), 'c');
  assert.is(check('(a unless b)', ['b']), 'holds');
  assert.is(check('(a unless b)', []), 'a');
  assert.is(check('(a unless b else c)', ['b']), 'c');
});

test('groups in groups, and versions', () => {
  assert.is(check('(a and (b or c) and d)', ['a', 'd']), 'b');
  assert.is(check('(a >= 2 if (b or c))', ['c']), 'a 2');
  assert.is(check('((a and b) or c)', ['c']), 'holds');
  assert.is(check('(a >= 1 with a < 2)', []), 'a 1 a 2');
  assert.is(check('(a without b)', ['a', 'b']), 'holds');
  const { capability } = requirementOf({ name: '(a = 1:2-3)' }) as { capability: unknown };
  assert.equal(capability, { name: 'a', relation: 'EQ', epoch: 1, version: '2', release: '3' });
});

test('what cannot be read is a name that nothing provides', () => {
  for (const text of ['(a', '(a or)', '(a nor b)', '(a if b) c', '()']) {
    assert.is(check(text, ['a', 'b']), text);
  }
});

test.run();
