import * as assert from 'uvu/assert';
import { instantOf, parseHistory } from '../../orchestrator/release/history.ts';
import { suite } from '../rig/suite.ts';
import { blobId, commitId, fakeHistory, fakeLog } from '../rig/upstream.ts';

const test = suite('history');

const history = fakeHistory([
  { files: { 'a/x': 'one', 'a/b/y': 'y', 'a.txt': 'text', 'ab/z': 'z' } },
  {},
  { files: { 'a/x': 'two', 'a/b/y': null } },
  { files: { 'a/x': null } },
  { files: { 'a/x': 'three' } },
]);

const contents: readonly (readonly [place: number, text: string | undefined, since: number])[] = [
  [0, 'one', 0],
  [1, 'one', 0],
  [2, 'two', 2],
  [3, undefined, 3],
  [4, 'three', 4],
];
for (const [place, text, since] of contents) {
  test(`a file at commit ${place} is ${text ?? 'gone'}`, () => {
    const expected = text === undefined ? undefined : { path: 'a/x', blob: blobId(text), since };
    assert.equal(history.file('a/x', place), expected);
  });
}

test('a file that never was is not there, nor is one before its first commit', () => {
  assert.is(history.file('nothing', 4), undefined);
  assert.is(fakeHistory([{}, { files: { x: 'x' } }]).file('x', 0), undefined);
});

test('below a folder is what has its name and a slash in front, at that commit', () => {
  const below = (folder: string, place: number) => history.filesBelow(folder, place).map((file) => file.path);
  assert.equal(below('a', 0), ['a/b/y', 'a/x']);
  assert.equal(below('a', 2), ['a/x']);
  assert.equal(below('a', 3), []);
  assert.equal(below('a/b', 0), ['a/b/y']);
  assert.equal(below('', 0), []);
});

test('commits without changes have a place too', () => {
  assert.is(history.commits.length, 5);
  assert.is(history.placeOf(commitId(1)), 1);
  assert.is(history.placeOf(commitId(7)), undefined);
});

test('links and submodules are no files', () => {
  const log = fakeLog([{ files: { link: 'target', module: 'm', plain: 'p' } }])
    .replace(/100644 (\S+ \S+ M\0link)/, '120000 $1')
    .replace(/100644 (\S+ \S+ M\0module)/, '160000 $1');
  const odd = parseHistory(log);
  assert.equal(
    ['link', 'module', 'plain'].map((path) => odd.file(path, 0) !== undefined),
    [false, false, true],
  );
});

test('a pattern finds whole matches, in the order of paths', () => {
  const found = history.matches(/^a\/(.*)$/).map(([path, rest]) => [path, rest]);
  assert.equal(found, [
    ['a/b/y', 'b/y'],
    ['a/x', 'x'],
  ]);
});

test('seconds become a date in UTC', () => {
  assert.is(instantOf(1716919908), '2024-05-28T18:11:48Z');
});

test.run();
