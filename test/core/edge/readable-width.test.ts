import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { readableWidth } from '../../../orchestrator/core/edge/readable-width.ts';

test('a terminal that knows no width, or has hardly any, is written to in lines all the same', () => {
  const widths = [0, 1, 20, 39, 40, 41, 80, 300].map(readableWidth);
  assert.equal(widths, [80, 40, 40, 40, 40, 41, 80, 300]);
});

test.run();
