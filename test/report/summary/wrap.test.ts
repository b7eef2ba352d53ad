import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { wrap } from '../../../orchestrator/report/summary/wrap.ts';

test('lines are broken at blanks, indented, and the later ones hang', () => {
  assert.equal(wrap('one two three four', 12, 2, 2), ['  one two', '    three', '    four']);
  assert.equal(wrap('one two', 9, 2), ['  one two']);
  assert.equal(wrap('one two', 8, 2), ['  one', '  two']);
});

test('a word that is too long stays whole', () => {
  const digest = 'a'.repeat(64);
  assert.equal(wrap(`has ${digest} now`, 20, 2), ['  has', `  ${digest}`, '  now']);
});

test('line ends and inner blanks are kept', () => {
  assert.equal(wrap('a:\n    b  c\n\nd', 80, 2), ['  a:', '      b  c', '', '  d']);
});

test.run();
