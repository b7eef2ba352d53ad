import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { countPaths, expandPatterns, patternsOf } from '../../../orchestrator/config/lock/path-patterns.ts';

const sums = (path: string) => [path, `${path}.sha256`, `${path}.sha512`];

test('a list of a release stands in few lines, which say the same', () => {
  const programs = ['amd64', 'arm64'].flatMap((arch) =>
    ['kubectl', 'kubelet'].flatMap((program) => sums(`bin/linux/${arch}/${program}`)),
  );
  const paths = ['ATTRIBUTION.txt', ...sums('SHA256SUM'), ...programs, ...sums('kubernetes-src.tar.gz')];
  const patterns = patternsOf(paths);
  assert.equal(patterns, [
    'ATTRIBUTION.txt',
    '{SHA256SUM,kubernetes-src.tar.gz}{,.sha256,.sha512}',
    'bin/linux/{amd64,arm64}/{kubectl,kubelet}{,.sha256,.sha512}',
  ]);
  assert.is(countPaths(patterns), paths.length);
  assert.equal([...expandPatterns(patterns)].sort(), [...paths].sort());
});

test('what has no fellow stays as it is', () => {
  const paths = ['a.sha256', 'a/b', 'a/b.sha512', 'c/d/e', 'f/d/g'];
  assert.equal(expandPatterns(patternsOf(paths)), paths);
  assert.equal(patternsOf(['one']), ['one']);
  assert.equal(patternsOf([]), []);
});

test('whatever the paths are, patterns stand for all of them, and for no other', () => {
  // A generator of Lehmer's: every run tries the same lists.
  let state = 20211004;
  const pick = <T>(items: readonly T[]): T => {
    state = (state * 48271) % 2147483647;
    return items[state % items.length] as T;
  };
  for (let round = 0; round < 300; round++) {
    const paths = Array.from({ length: 1 + (round % 40) }, () => {
      const folders = Array.from({ length: round % 4 }, () => pick(['x', 'y', 'amd64']));
      return `${[...folders, pick(['a', 'b', 'c.tar'])].join('/')}${pick(['', '.sha256', '.sha512'])}`;
    });
    const wanted = [...new Set(paths)].sort();
    const found = [...expandPatterns(patternsOf(wanted))].sort();
    assert.equal(found, wanted);
  }
});

test('patterns that stand for more than anyone publishes are counted without being read', () => {
  assert.is(countPaths(['{a,b}{a,b}', 'c']), 5);
  assert.is(countPaths(['{a,b}'.repeat(5000)]), Number.POSITIVE_INFINITY);
});

test.run();
