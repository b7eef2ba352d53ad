import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { whyUnsafePath } from '../../orchestrator/core/relative-path.ts';

test('a path that could lead elsewhere is refused, and it is said why', () => {
  const cases: readonly (readonly [string, string | undefined])[] = [
    ['a/b.txt', undefined],
    ['..a/b..', undefined],
    ['', 'is empty'],
    ['/etc/passwd', 'is absolute'],
    ['C:/windows', 'is absolute'],
    ['a/../../b', 'leaves its folder'],
    ['a//b', 'holds an empty or "." segment'],
    ['./a', 'holds an empty or "." segment'],
    ['a\\b', 'holds a backslash'],
    ['a\0b', 'holds a NUL character'],
  ];
  for (const [path, why] of cases) assert.is(whyUnsafePath(path), why, path);
});

test.run();
