import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { formatSeconds, formatWholeSeconds } from '../../orchestrator/report/duration.ts';

test('a duration changes its unit before it would be rounded into the next one', () => {
  const cases: readonly (readonly [number, string])[] = [
    [0, '0ms'],
    [0.9994, '999ms'],
    [0.9995, '1.0s'],
    [59.94, '59.9s'],
    [59.96, '1m 00s'],
    [271.2, '4m 31s'],
    [3599.6, '1h 00m'],
    [3900, '1h 05m'],
  ];
  for (const [seconds, text] of cases) assert.is(formatSeconds(seconds), text);
});

test('a clock that runs shows whole seconds', () => {
  assert.is(formatWholeSeconds(0.4), '0s');
  assert.is(formatWholeSeconds(59.6), '1m 00s');
});

test.run();
