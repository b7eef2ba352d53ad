import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { locate, locatorOf, renderDiagnostic } from '../../orchestrator/core/diagnostic.ts';

const text = 'first: 1\n\tsecond: two\nlast: 3';

test('a complaint shows file, line, column, the line itself and a squiggle under the place', () => {
  const offset = text.indexOf('two');
  const location = locate('a.yaml', text, offset, offset + 3);
  const rendered = renderDiagnostic({
    severity: 'error',
    message: 'no number',
    help: 'Write one.',
    location,
  });
  assert.is(
    rendered,
    ['a.yaml:2:10: error: no number', '    \tsecond: two', '    \t        ~~~', '    Write one.'].join('\n'),
  );
});

test('a place that runs over its line is shown to the end of the line', () => {
  assert.is(locate('a.yaml', text, text.indexOf('3'), 999).length, 1);
  assert.is(locate('a.yaml', text, 0, 999).length, 'first: 1'.length);
});

test('of a line without end, what stands round the place', () => {
  const text = `${'a'.repeat(100_000)}bad${'c'.repeat(100_000)}`;
  const location = locate('f', text, 100_000, 100_003);
  const [place, line = '', squiggle = ''] = renderDiagnostic({
    severity: 'error',
    message: 'm',
    location,
  }).split('\n');
  assert.is(place, 'f:1:100001: error: m');
  assert.is(line.length, 404);
  assert.is(line.slice(squiggle.indexOf('~'), squiggle.length), 'bad');
});

test('a file as a whole has no line', () => {
  const rendered = renderDiagnostic({
    severity: 'error',
    message: 'is a pipe',
    help: 'h',
    location: { file: 'f' },
  });
  assert.is(rendered, 'f: error: is a pipe\n    h');
});

test('many places of a large text take no longer than its lines', () => {
  const text = 'a line of a manifest: with something in it\n'.repeat(120_000);
  const [find, before] = [locatorOf('f', text), Date.now()];
  const places = Array.from({ length: 2000 }, (_, at) => find(text.length - 1 - at * 43, text.length));
  assert.ok(Date.now() - before < 4000, `${Date.now() - before} ms`);
  assert.equal(places[7], locate('f', text, text.length - 1 - 7 * 43, text.length));
  assert.equal([places[7]?.line, places[7]?.column], [119_993, 43]);
});

test('a place is in the line that its end belongs to, and in the last one past all of them', () => {
  const text = 'one\r\n\nthree\n';
  const at = (offset: number) => {
    const { line, column, text: shown } = locate('f', text, offset);
    return [line, column, shown];
  };
  assert.equal([0, 4, 5, 6, 7].map(at), [
    [1, 1, 'one'],
    [1, 5, 'one'],
    [2, 1, ''],
    [3, 1, 'three'],
    [3, 2, 'three'],
  ]);
  assert.equal(at(text.length), [4, 1, '']);
});

test.run();
