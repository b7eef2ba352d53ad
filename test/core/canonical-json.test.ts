import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { canonicalJson } from '../../orchestrator/core/canonical-json.ts';
import { digestOf, digestOfJson, isDigest } from '../../orchestrator/core/digest.ts';

test('members stand in code-unit order, whatever the order they were given in', () => {
  assert.is(canonicalJson({ b: 1, a: [true, null], B: 'ä' }), '{"B":"ä","a":[true,null],"b":1}');
  assert.is(digestOfJson({ x: 1, y: 2 }), digestOfJson({ y: 2, x: 1 }));
});

test('what has no one text is refused', () => {
  assert.throws(() => canonicalJson(Number.NaN), /not a JSON number/);
  assert.throws(() => canonicalJson(-0), /not a JSON number/);
  assert.throws(() => canonicalJson({ a: undefined } as never), /member a is undefined/);
});

test('a digest is the SHA-256 that sha256sum prints', () => {
  assert.is(digestOf('abc'), 'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad');
  assert.not(isDigest('BA7816BF8F01CFEA414140DE5DAE2223B00361A396177A9CB410FF61F20015AD'));
});

test.run();
