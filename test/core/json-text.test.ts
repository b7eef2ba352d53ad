import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { parseJson, readJson } from '../../orchestrator/core/json-text.ts';

function whyNot(text: string): string | undefined {
  const read = readJson(text);
  assert.is(parseJson(text) === undefined, !read.ok);
  return read.ok ? undefined : read.error;
}

test('objects and lists are read, and nothing else', () => {
  assert.equal(parseJson(' {"a": [1, {"b": "c"}]} '), { a: [1, { b: 'c' }] });
  assert.equal(parseJson('[]'), []);
  for (const text of ['', '1', '"a"', 'null', '{', '{"a"}', "{'a': 1}"])
    assert.is(whyNot(text), 'holds no JSON object or list', text);
});

test('a name that an object has twice is refused, with the place of the second', () => {
  const twice = (place: string) => `has an object with the same name twice, the second time at ${place}`;
  for (const [text, place] of [
    ['{"a": 1, "a": 2}', '1:10'],
    ['{\n  "a": 1,\n  "b": {"a": 1},\n  "a": 2\n}', '4:3'],
    ['[{"x": {}}, {"layers": [], "config": {}, "layers": []}]', '1:42'],
    ['{"a": 1, "\\u0061": 2}', '1:10'],
    ['{"": 1, "": 2}', '1:9'],
    ['{"__proto__": 1, "__proto__": 2}', '1:18'],
    ['{"a\\\\": 1, "a\\\\"  : 2}', '1:12'],
  ] as const)
    assert.is(whyNot(text), twice(place), text);
});

test('the same name in several objects, and texts that look like names, are nothing', () => {
  for (const text of [
    '[{"a": 1}, {"a": 1}]',
    '{"a": {"a": {"a": 1}}, "b": {"a": 1}}',
    '{"a": "\\"a\\": 1, {", "b": "a", "c": ["a", "a"]}',
    '{"a": "}", "b": "{\\"a\\": 1", "c": "]"}',
    '{"a:b": 1, "a": 2, "A": 3}',
  ])
    assert.is(whyNot(text), undefined, text);
});

test('what lies too deep is refused', () => {
  const nested = (depth: number) => `${'['.repeat(depth)}${']'.repeat(depth)}`;
  assert.is(whyNot(nested(199)), undefined);
  assert.match(whyNot(nested(201)) ?? '', 'lie in one another 200 times');
});

test.run();
